#include "probe/http/http_probe.h"

#include <gtest/gtest.h>

#include "probe/mistakes.h"
#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

FakeHttpClient Answering(int status) {
  return FakeHttpClient([status](const HttpRequest&) {
    HttpResponse response;
    response.status = status;
    return response;
  });
}

Status Check(std::string_view arguments, HttpClient& http) {
  Diagnostics problems;
  const auto probe = MakeHttpProbe(DocumentFromJson(arguments), problems);
  EXPECT_TRUE(problems.empty()) << Render(problems.Sorted());
  return probe->Check({.node = "main", .address = {"127.0.0.1", 8080}, .http = &http}, {}, {});
}

TEST(HttpProbe, GetsItsPathFromTheTarget) {
  FakeHttpClient http = Answering(200);
  EXPECT_TRUE(Check("/health", http).has_value());
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.requests[0].method, "GET");
  EXPECT_EQ(http.requests[0].url, "http://127.0.0.1:8080/health");
}

TEST(HttpProbe, NamesAnUnexpectedStatus) {
  FakeHttpClient http = Answering(503);
  const Status status = Check("/health", http);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "http 127.0.0.1:8080/health answered 503");
}

TEST(HttpProbe, DoesNotTakeARedirectForReady) {
  FakeHttpClient http = Answering(302);
  EXPECT_FALSE(Check("/", http).has_value());
}

TEST(HttpProbe, RetriesOnTheseAndGivesUpOnOthers) {
  constexpr std::string_view kArguments = "{path: /, retry: [503, 404]}";
  FakeHttpClient starting = Answering(503);
  FakeHttpClient broken = Answering(500);
  EXPECT_EQ(Check(kArguments, starting).error().kind, ErrorKind::kUnavailable);
  const Status status = Check(kArguments, broken);
  EXPECT_EQ(status.error().kind, ErrorKind::kEnvironment);
  EXPECT_EQ(status.error().message,
            "answered 500 to http 127.0.0.1:8080/, which its probe does not retry");
}

TEST(HttpProbe, WantsHeadersOfTheAnswer) {
  FakeHttpClient http([](const HttpRequest&) -> Result<HttpResponse> {
    return HttpResponse{.status = 200, .headers = {{"X-State", "warming"}}};
  });
  EXPECT_TRUE(Check("{path: /, answer: {x-state: warming}}", http).has_value());
  EXPECT_EQ(Check("{path: /, answer: {X-State: up}}", http).error().message,
            "http 127.0.0.1:8080/ answered with 'warming' for header 'X-State', not 'up'");
  EXPECT_EQ(Check("{path: /, answer: {X-Ready: up}}", http).error().message,
            "http 127.0.0.1:8080/ answered with nothing for header 'X-Ready', not 'up'");
}

TEST(HttpProbe, NamesWhatItCouldNotReach) {
  FakeHttpClient http([](const HttpRequest&) -> Result<HttpResponse> {
    return Fail(ErrorKind::kTimeout, "no answer in time");
  });
  const Status status = Check("/health", http);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(status.error().message, "http 127.0.0.1:8080/health: no answer in time");
}

TEST(HttpProbe, TakesOneStatus) {
  constexpr std::string_view kArguments = "{path: /, status: 204}";
  FakeHttpClient right = Answering(204);
  FakeHttpClient wrong = Answering(200);
  EXPECT_TRUE(Check(kArguments, right).has_value());
  EXPECT_FALSE(Check(kArguments, wrong).has_value());
}

TEST(HttpProbe, TakesSeveralStatusesAndRanges) {
  constexpr std::string_view kArguments = "{path: /, status: [2xx, 401]}";
  for (const auto& [status, ready] :
       std::map<int, bool>{{199, false}, {200, true}, {299, true}, {300, false}, {401, true}}) {
    FakeHttpClient http = Answering(status);
    EXPECT_EQ(Check(kArguments, http).has_value(), ready) << status;
  }
}

TEST(HttpProbe, SendsItsHeaders) {
  FakeHttpClient http = Answering(200);
  EXPECT_TRUE(Check("{path: /, headers: {Host: a.test}}", http).has_value());
  EXPECT_EQ(http.requests.at(0).headers, (HttpHeaders{{"Host", "a.test"}}));
}

TEST(HttpProbe, RefusesAPathWithoutASlash) {
  EXPECT_EQ(Mistakes(MakeHttpProbe, DocumentFromJson("health")),
            "1:1 the path of an http probe must begin with '/', not 'health'");
}

TEST(HttpProbe, RefusesWhatIsNoStatus) {
  for (const std::string text : {"20", "2000", "600", "099", "2x0", "ok", ""}) {
    EXPECT_EQ(Mistakes(MakeHttpProbe, DocumentFromJson("{path: /, status: '" + text + "'}")),
              "1:19 '" + text + "' is not a status such as 200 or 2xx");
  }
}

TEST(HttpProbe, RefusesUnknownKeys) {
  EXPECT_EQ(Mistakes(MakeHttpProbe, DocumentFromJson("{path: /, stauts: 200}")),
            "1:11 unknown key 'stauts' in http probe; did you mean 'status'? known keys: answer, "
            "headers, path, retry, status");
}

TEST(HttpProbe, RefusesToGoWithoutAPath) {
  EXPECT_EQ(Mistakes(MakeHttpProbe, DocumentFromJson("{}")),
            "1:1 http probe lacks 'path'; path: what to GET, beginning with '/'");
  EXPECT_EQ(Mistakes(MakeHttpProbe, DocumentFromJson("")),
            "1:1 http probe must be a map, not nothing");
}

}  // namespace
}  // namespace ctestbed

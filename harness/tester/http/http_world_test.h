// What tests of the http tester share: a world of fakes to run suites in.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tester/http/http_tester.h"
#include "testing/document_from_json.h"

namespace ctestbed {

inline constexpr std::string_view kFile = "suites/test.yaml";

class NoLauncher final : public Launcher {
 public:
  Result<std::unique_ptr<Process>> Start(const ProcessSpec&) override {
    return Fail(ErrorKind::kUnsupported, "no programs here");
  }
};

inline HttpResponse Answer(int status, std::string body = "", HttpHeaders headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  response.version = "1.1";
  response.total = Duration(412);
  response.connect = Duration(1);
  response.first_byte = Duration(398);
  return response;
}

// Answers every request with its method and path, by `answer`.
struct World {
  explicit World(FakeHttpClient::Answer answer) : http(std::move(answer)) {}

  Suite SuiteOf(std::string_view text) {
    files.files[std::string(kFile)] = text;
    Suite suite;
    suite.file = kFile;
    suite.body = DocumentFromJson(text, suite.file);
    return suite;
  }

  // The results, one line each: "verdict name: message".
  std::vector<std::string> Run(std::string_view text) {
    const Suite suite = SuiteOf(text);
    TestContext context;
    context.values = values;
    context.environment = environment;
    context.deadline = clock.Now() + timeout;
    const CaseSink sink = [&](const CaseResult& result) { results.push_back(result); };
    status = MakeHttpTester(io)->Run(suite, context, sink, stop.get_token());
    std::vector<std::string> lines;
    for (const CaseResult& result : results) {
      lines.push_back(std::string(VerdictName(result.verdict)) + " " + result.name +
                      (result.message.empty() ? "" : ": " + result.message));
    }
    return lines;
  }

  std::vector<std::string> Sent() const {
    std::vector<std::string> sent;
    for (const HttpRequest& request : http.requests) {
      sent.push_back(request.method + " " + request.url);
    }
    return sent;
  }

  FakeHttpClient http;
  NoLauncher launcher;
  FakeFileSystem files;
  FakeClock clock;
  TesterIo io{http, launcher, files, clock};
  std::map<std::string, std::string> values{{"services.api.url", "http://127.0.0.1:4000"}};
  std::map<std::string, std::string> environment;
  Duration timeout{60'000};
  std::stop_source stop;
  std::vector<CaseResult> results;
  Status status;
};

inline World Always(HttpResponse response) {
  return World([response](const HttpRequest&) { return response; });
}

inline std::string ProblemsOf(std::string_view text) {
  World world = Always(Answer(200));
  Diagnostics problems;
  MakeHttpTester(world.io)->Cases(world.SuiteOf(text), problems);
  std::string lines;
  for (const Diagnostic& problem : problems.Sorted()) {
    lines += std::to_string(problem.mark.line) + ":" + std::to_string(problem.mark.column) + ": " +
             problem.message + "\n";
  }
  return lines;
}

inline std::vector<std::string> CaseNames(std::string_view text) {
  World world = Always(Answer(200));
  Diagnostics problems;
  std::vector<std::string> names;
  for (const Case& one : MakeHttpTester(world.io)->Cases(world.SuiteOf(text), problems)) {
    names.push_back(one.name);
  }
  EXPECT_TRUE(problems.empty()) << Render(problems.Sorted());
  return names;
}

}  // namespace ctestbed

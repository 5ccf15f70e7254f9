#include "driver/docker/engine.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

const EngineEndpoint kEndpoint{"unix:///e.sock", "DOCKER_HOST", "http://localhost", "/e.sock", {}};

Result<HttpResponse> Answer(int status, const std::string& body, const std::string& server = "") {
  HttpResponse response;
  response.status = status;
  response.body = body;
  if (!server.empty()) response.headers = {{"Server", server}};
  return response;
}

std::string Versions(const std::string& most, const std::string& least) {
  return R"({"Version": "20.10.24", "ApiVersion": ")" + most + R"(", "MinAPIVersion": ")" + least +
         "\"}";
}

// An engine that answers its version well and then lies as a test wants it to.
class EngineTest : public testing::Test {
 protected:
  Engine Connected() {
    auto engine = Engine::Connect(http_, clock_, kEndpoint, Soon());
    EXPECT_TRUE(engine) << engine.error().message;
    return *engine;
  }
  Result<Engine> ConnectTo(Result<HttpResponse> version) {
    version_ = std::move(version);
    return Engine::Connect(http_, clock_, kEndpoint, Soon());
  }

  FakeClock clock_;
  Result<HttpResponse> version_ = Answer(200, Versions("1.41", "1.12"), "Docker/20.10.24 (linux)");
  Result<HttpResponse> answer_ = Answer(200, "{}");
  FakeHttpClient http_{[this](const HttpRequest& request) {
    return request.url.ends_with("/version") ? version_ : answer_;
  }};
};

TEST_F(EngineTest, SpeaksTheNewestVersionThatBothKnow) {
  const Engine engine = Connected();
  ASSERT_TRUE(engine.Get("/containers/json?all=1", Soon()));
  EXPECT_EQ(http_.requests[0].url, "http://localhost/version");
  EXPECT_EQ(http_.requests[1].url, "http://localhost/v1.41/containers/json?all=1");
  EXPECT_EQ(http_.requests[1].unix_socket, "/e.sock");
  EXPECT_EQ(engine.Describe(), "Docker 20.10.24 at unix:///e.sock (DOCKER_HOST), API 1.41");
}

TEST(ApiVersions, AreChosenBetweenTheOldestAndTheNewest) {
  const auto choose = [](std::string_view least, std::string_view most) {
    return ChooseApiVersion(ParseApiVersion(least), ParseApiVersion(most));
  };
  EXPECT_EQ(choose("1.12", "1.41")->Text(), "1.41");
  EXPECT_EQ(choose("1.24", "1.44")->Text(), "1.44");
  EXPECT_EQ(choose("1.44", "1.52")->Text(), "1.44");
  EXPECT_EQ(choose("1.48", "1.60")->Text(), "1.48");  // of a time to come
  ExpectError(choose("1.12", "1.40"), ErrorKind::kUnsupported, "speaks API 1.40");
  for (const char* wrong : {"", "1", "1.", ".1", "a.b", "1.41x"}) {
    EXPECT_EQ(ParseApiVersion(wrong), ApiVersion()) << wrong;
  }
}

TEST_F(EngineTest, SaysWhoIsNoEngine) {
  for (const auto& answer : {Answer(200, "<html>"), Answer(200, "{}"), Answer(404, "not here"),
                             Answer(200, R"({"ApiVersion": "new"})")}) {
    ExpectError(ConnectTo(answer), ErrorKind::kInvalid,
                "what answers at unix:///e.sock (DOCKER_HOST) is no container engine");
  }
  ExpectError(ConnectTo(Answer(200, Versions("1.40", "1.12"))), ErrorKind::kUnsupported,
              "engine at unix:///e.sock (DOCKER_HOST): it speaks API 1.40");
  ExpectError(ConnectTo(Fail(ErrorKind::kUnavailable, "connection refused")),
              ErrorKind::kUnavailable,
              "engine at unix:///e.sock (DOCKER_HOST): connection refused");
}

TEST_F(EngineTest, TellsWhichEngineItIs) {
  const auto podman = ConnectTo(Answer(200, Versions("1.41", "1.24"), "Libpod/4.3.1 (linux)"));
  ASSERT_TRUE(podman) << podman.error().message;
  EXPECT_EQ(podman->traits().product, "Podman");
  EXPECT_EQ(Connected().traits().product, "Podman");
}

TEST_F(EngineTest, SortsItsErrors) {
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
    std::string part;
  };
  const std::vector<Case> cases{
      {404, R"({"message": "No such container: a"})", ErrorKind::kNotFound, "No such container: a"},
      {409, R"({"message": "name taken"})", ErrorKind::kConflict, "name taken"},
      {400, R"({"message": "bad parameter"})", ErrorKind::kInvalid, "bad parameter"},
      {500, R"({"message": "driver failed:\n port is already allocated"})", ErrorKind::kConflict,
       "driver failed:  port is already allocated"},
      {500, R"({"cause": "container state improper", "message": "can only stop"})",
       ErrorKind::kConflict, "can only stop"},
      {500, "panic\x1b[31m", ErrorKind::kInternal, "panic\\x1b[31m"},
      {500, "", ErrorKind::kInternal, "the engine answered 500"},
      {403, R"({"message": "denied"})", ErrorKind::kUnavailable, "denied"},
      {500, R"({"message": 7})", ErrorKind::kInternal, R"({"message": 7})"}};
  const Engine engine = Connected();
  for (const Case& each : cases) {
    answer_ = Answer(each.status, each.body);
    const auto result = engine.Do("/containers/a/start", nullptr, Soon());
    ExpectError(result, each.kind, each.part);
    EXPECT_EQ(result.error().detail, "POST http://localhost/v1.41/containers/a/start answered " +
                                         std::to_string(each.status) + "\n");
  }
}

TEST_F(EngineTest, TakesForDoneWhatWasDoneAlready) {
  const Engine engine = Connected();
  answer_ = Answer(304, "");
  EXPECT_TRUE(engine.Do("/containers/a/start", nullptr, Soon()));
  answer_ = Answer(204, "");
  EXPECT_TRUE(engine.Do("/containers/a/start", nullptr, Soon()));
  EXPECT_TRUE(engine.Delete("/containers/a", Soon()));
  answer_ = Answer(200, "OK");  // what Podman says to some calls
  EXPECT_TRUE(engine.Do("/networks/a/connect", nullptr, Soon()));
}

TEST_F(EngineTest, RefusesAnswersThatAreCutOff) {
  const Engine engine = Connected();
  for (const char* half : {R"({"Id": "a)", "", "[1, 2"}) {
    answer_ = Answer(200, half);
    ExpectError(engine.Get("/containers/a/json", Soon()), ErrorKind::kInternal,
                "its answer to GET http://localhost/v1.41/containers/a/json is not JSON");
  }
}

TEST_F(EngineTest, PassesOnWhatTheConnectionSays) {
  const Engine engine = Connected();
  answer_ = Fail(ErrorKind::kInternal, "'/e.sock' broke off: connection reset");
  ExpectError(engine.Post("/containers/create", Json::object(), Soon()), ErrorKind::kInternal,
              "engine at unix:///e.sock (DOCKER_HOST): '/e.sock' broke off: connection reset");
  answer_ = Fail(ErrorKind::kTimeout, "no answer");
  ExpectError(engine.Get("/info", Soon()), ErrorKind::kUnavailable, "no answer");
}

TEST_F(EngineTest, StreamsOrSaysWhyNot) {
  const Engine engine = Connected();
  std::string body;
  const HttpSink sink = [&](std::string_view piece) {
    body += piece;
    return true;
  };
  answer_ = Answer(200, "pieces");
  EXPECT_TRUE(engine.Stream("GET", "/events", nullptr, sink, TimePoint::max(), {}));
  EXPECT_EQ(body, "pieces");
  EXPECT_FALSE(http_.requests.back().reuse);
  answer_ = Answer(404, R"({"message": "No such container"})");
  ExpectError(engine.Stream("GET", "/containers/a/logs", nullptr, sink, TimePoint::max(), {}),
              ErrorKind::kNotFound, "No such container");
}

}  // namespace
}  // namespace ctestbed

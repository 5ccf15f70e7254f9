// Containers on an engine that lies, breaks off and forgets. What real ones do is in
// driver_test.cpp.

#include "driver/docker/containers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Keeps the one container that a test is about, and answers some calls not as it should.
class LyingEngine {
 public:
  enum class Lie { kNone, kErrorAfterwards, kError, kResetAfterwards, kHalfAnswer };

  Engine Connect() {
    const EngineEndpoint endpoint{"unix:///e.sock", "a test", "http://localhost", "/e.sock", {}};
    return Engine::Connect(http_, clock_, endpoint, Soon()).value();
  }
  FakeClock& clock() { return clock_; }
  const std::vector<std::string>& calls() const { return calls_; }

  std::map<std::string, Lie> lies;  // by what is called: "create", "start", "delete"
  std::string state;                // of the container; empty: there is none
  std::string environment = "environment";
  int deletes_that_fail = 0;

 private:
  static Result<HttpResponse> Say(int status, const std::string& body) {
    HttpResponse response;
    response.status = status;
    response.body = body;
    return response;
  }

  std::string Inspect() const {
    return DumpJson(
        {{"Id", "c1"},
         {"State", {{"Status", state}, {"ExitCode", 0}}},
         {"Config",
          {{"Labels", {{"ctestbed.environment", environment}, {"ctestbed.owner", "owner"}}}}}});
  }

  Result<HttpResponse> Carry(const std::string& call, const std::string& new_state, int status,
                             const std::string& body) {
    calls_.push_back(call);
    const Lie lie = lies[call];
    if (lie == Lie::kError) return Say(500, R"({"message": "disk on fire"})");
    state = new_state;
    if (lie == Lie::kErrorAfterwards) return Say(500, R"({"message": "lost count"})");
    if (lie == Lie::kResetAfterwards) return Fail(ErrorKind::kInternal, "connection reset");
    return Say(status, lie == Lie::kHalfAnswer ? body.substr(0, body.size() / 2) : body);
  }

  Result<HttpResponse> Answer(const HttpRequest& request) {
    const std::string& url = request.url;
    if (url.ends_with("/version")) {
      return Say(200, R"({"Version": "1", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})");
    }
    if (url.find("/containers/create") != std::string::npos) {
      return state.empty() ? Carry("create", "created", 201, R"({"Id": "c1"})")
                           : Say(409, R"({"message": "name in use"})");
    }
    if (state.empty()) return Say(404, R"({"message": "no such container"})");
    if (url.ends_with("/json")) return Say(200, Inspect());
    if (url.ends_with("/start")) return Carry("start", "running", 204, "");
    if (request.method == "DELETE") {
      if (deletes_that_fail > 0) {
        --deletes_that_fail;
        return Say(409, R"({"message": "removal already in progress"})");
      }
      return Carry("delete", "", 204, "");
    }
    return Say(204, "");
  }

  FakeClock clock_;
  std::vector<std::string> calls_;
  FakeHttpClient http_{[this](const HttpRequest& request) { return Answer(request); }};
};

using Lie = LyingEngine::Lie;

const InstanceSpec kSpec{.id = {"environment", "main", 0}, .owner = "owner", .image = "i"};

Result<std::string> StartOn(LyingEngine& lying) {
  return StartContainer(lying.Connect(), kSpec, {"i", {}, ""}, Soon(), Soon());
}

TEST(StartContainer, GivesTheIdOfWhatRuns) {
  LyingEngine lying;
  const auto started = StartOn(lying);
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_EQ(*started, "c1");
  EXPECT_EQ(lying.state, "running");
}

TEST(StartContainer, BelievesItsEyesMoreThanAnError) {
  for (const Lie lie : {Lie::kErrorAfterwards, Lie::kResetAfterwards}) {
    LyingEngine lying;
    lying.lies["start"] = lie;
    EXPECT_TRUE(StartOn(lying));
    EXPECT_THAT(lying.calls(), Not(Contains("delete")));
  }
}

TEST(StartContainer, LeavesNothingWhenItFails) {
  for (const auto& [call, lie] :
       std::vector<std::pair<std::string, Lie>>{{"create", Lie::kError},
                                                {"create", Lie::kErrorAfterwards},
                                                {"create", Lie::kResetAfterwards},
                                                {"create", Lie::kHalfAnswer},
                                                {"start", Lie::kError}}) {
    LyingEngine lying;
    lying.lies[call] = lie;
    const auto started = StartOn(lying);
    ASSERT_FALSE(started) << call;
    EXPECT_THAT(started.error().message, HasSubstr("cannot " + call + " its container"));
    EXPECT_EQ(lying.state, "") << call;
  }
}

TEST(StartContainer, TouchesNoneThatWasThere) {
  for (const char* environment : {"environment", "another"}) {
    LyingEngine lying;
    lying.state = "running";
    lying.environment = environment;
    ExpectError(StartOn(lying), ErrorKind::kConflict, "is there already");
    EXPECT_EQ(lying.state, "running");
    EXPECT_THAT(lying.calls(), IsEmpty());
  }
}

TEST(RemoveContainer, InsistsUntilItIsGone) {
  LyingEngine lying;
  lying.state = "exited";
  lying.deletes_that_fail = 3;
  EXPECT_TRUE(RemoveContainer(lying.Connect(), lying.clock(), kSpec.id, TimePoint::max()));
  EXPECT_EQ(lying.state, "");
  EXPECT_TRUE(RemoveContainer(lying.Connect(), lying.clock(), kSpec.id, TimePoint::max()));
}

TEST(RemoveContainer, SaysWhatDoesNotGo) {
  LyingEngine lying;
  lying.state = "exited";
  lying.deletes_that_fail = 1'000'000;
  const TimePoint deadline = lying.clock().Now() + Duration(500);
  ExpectError(RemoveContainer(lying.Connect(), lying.clock(), kSpec.id, deadline),
              ErrorKind::kConflict, "cannot remove its container: removal already in progress");
}

TEST(RemoveContainer, LeavesThatOfAnotherEnvironmentAlone) {
  LyingEngine lying;
  lying.state = "running";
  lying.environment = "another";
  EXPECT_TRUE(RemoveContainer(lying.Connect(), lying.clock(), kSpec.id, TimePoint::max()));
  EXPECT_EQ(lying.state, "running");
}

}  // namespace
}  // namespace ctestbed

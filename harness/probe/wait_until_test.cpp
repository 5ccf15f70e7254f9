#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "probe/probe.h"

namespace ctestbed {
namespace {

// Answers by a function and remembers when it was asked and until when.
class ScriptedProbe final : public Probe {
 public:
  ScriptedProbe(FakeClock& clock, std::function<Status(size_t attempt)> answer)
      : clock_(clock), answer_(std::move(answer)) {}

  Status Check(const ProbeTarget&, TimePoint deadline, std::stop_token) override {
    asked.push_back(Since(clock_.Now()));
    deadlines.push_back(Since(deadline));
    return answer_(asked.size());
  }

  std::vector<long> asked;  // milliseconds from the start
  std::vector<long> deadlines;

 private:
  static long Since(TimePoint time) {
    return std::chrono::duration_cast<Duration>(time.time_since_epoch()).count();
  }

  FakeClock& clock_;
  std::function<Status(size_t)> answer_;
};

class WaitUntilReadyTest : public testing::Test {
 protected:
  Status Wait(ScriptedProbe& probe, Duration within) {
    return WaitUntilReady(
        probe, {}, [&] { return subject_end(); }, clock, TimePoint{} + within, stop.get_token());
  }
  Status HangUntil(Duration time) {
    clock.SleepUntil(TimePoint{} + time, {});
    return Fail(ErrorKind::kTimeout, "no answer");
  }

  FakeClock clock;
  std::stop_source stop;
  SubjectEnd subject_end = [] { return std::nullopt; };
};

Status NotYet(std::string message = "answered 503") {
  return Fail(ErrorKind::kUnavailable, std::move(message));
}

TEST_F(WaitUntilReadyTest, AsksAtOnce) {
  ScriptedProbe probe(clock, [](size_t) { return Status(); });
  EXPECT_TRUE(Wait(probe, Duration(1000)).has_value());
  EXPECT_EQ(probe.asked, (std::vector<long>{0}));
}

TEST_F(WaitUntilReadyTest, AsksLessOftenTheLongerItWaits) {
  ScriptedProbe probe(clock, [](size_t) { return NotYet(); });
  EXPECT_FALSE(Wait(probe, Duration(10'000)).has_value());
  const auto step_at = [&](long time) {
    const auto next = std::upper_bound(probe.asked.begin(), probe.asked.end(), time);
    return *next - *std::prev(next);
  };
  EXPECT_EQ(step_at(0), 5);
  EXPECT_EQ(step_at(200), 5);
  EXPECT_EQ(step_at(1000), 19);  // after the question at 984 ms
  EXPECT_EQ(step_at(9000), 100);
}

TEST_F(WaitUntilReadyTest, GivesTheLastAnswerAtTheDeadline) {
  ScriptedProbe probe(clock,
                      [](size_t attempt) { return NotYet("answer " + std::to_string(attempt)); });
  const Status status = Wait(probe, Duration(20));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(status.error().message, "answer 4");
  EXPECT_EQ(clock.Now(), TimePoint{} + Duration(20));
}

TEST_F(WaitUntilReadyTest, PrefersAnAnswerToOneThatTheDeadlineCutShort) {
  ScriptedProbe probe(
      clock, [&](size_t attempt) { return attempt == 1 ? NotYet() : HangUntil(Duration(500)); });
  EXPECT_EQ(Wait(probe, Duration(500)).error().message, "answered 503");
}

TEST_F(WaitUntilReadyTest, SaysThatNothingAnsweredWhenNothingEverDid) {
  ScriptedProbe probe(clock, [&](size_t) { return HangUntil(Duration(500)); });
  EXPECT_EQ(Wait(probe, Duration(500)).error().message, "no answer");
}

TEST_F(WaitUntilReadyTest, NeverAsksPastTheDeadline) {
  ScriptedProbe probe(clock, [](size_t) { return Status(); });
  const Status status = Wait(probe, Duration(0));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kTimeout);
  EXPECT_TRUE(probe.asked.empty());
}

TEST_F(WaitUntilReadyTest, GivesSlowAnswersMoreTimeEachTime) {
  ScriptedProbe probe(clock, [&](size_t attempt) {
    return attempt < 3 ? HangUntil(Duration(probe.deadlines.back())) : Status();
  });
  EXPECT_TRUE(Wait(probe, Duration(7000)).has_value());
  EXPECT_EQ(probe.deadlines, (std::vector<long>{2000, 6040, 7000}));
}

TEST_F(WaitUntilReadyTest, EndsAtOnceWhenTheSubjectIsDead) {
  subject_end = [&]() -> std::optional<std::string> {
    if (clock.Now() < TimePoint{} + Duration(15)) return std::nullopt;
    return "exited with code 3";
  };
  ScriptedProbe probe(clock, [](size_t) { return NotYet(); });
  const Status status = Wait(probe, Duration(60'000));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kEnvironment);
  EXPECT_EQ(status.error().message, "exited with code 3 before it was ready");
  EXPECT_EQ(clock.Now(), TimePoint{} + Duration(15));
}

TEST_F(WaitUntilReadyTest, DoesNotTakeTheAnswerOfAStrangerForADeadSubject) {
  subject_end = [] { return "was killed by SIGKILL"; };
  ScriptedProbe probe(clock, [](size_t) { return Status(); });
  const Status status = Wait(probe, Duration(1000));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "was killed by SIGKILL before it was ready");
}

TEST_F(WaitUntilReadyTest, StopsWhenAskedTo) {
  ScriptedProbe probe(clock, [&](size_t attempt) {
    if (attempt == 2) stop.request_stop();
    return NotYet();
  });
  const Status status = Wait(probe, Duration(1000));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(probe.asked.size(), 2U);
}

TEST_F(WaitUntilReadyTest, KeepsThePaceItIsTold) {
  ScriptedProbe probe(clock, [](size_t attempt) { return attempt < 4 ? NotYet() : Status(); });
  const auto alive = [] { return std::nullopt; };
  EXPECT_TRUE(WaitUntilReady(probe, {}, alive, clock, TimePoint{} + Duration(1000), {},
                             {Duration(50), Duration(20)})
                  .has_value());
  EXPECT_EQ(probe.asked, (std::vector<long>{0, 50, 100, 150}));
  EXPECT_EQ(probe.deadlines, (std::vector<long>{20, 70, 120, 170}));
}

TEST_F(WaitUntilReadyTest, EndsAtOnceWithAnAnswerThatNoWaitWillChange) {
  ScriptedProbe probe(clock, [](size_t) { return Fail(ErrorKind::kEnvironment, "answered 500"); });
  const Status status = Wait(probe, Duration(1000));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "answered 500");
  EXPECT_EQ(probe.asked.size(), 1U);
}

TEST_F(WaitUntilReadyTest, DoesNotRepeatWhatCanNeverWork) {
  ScriptedProbe probe(clock, [](size_t) -> Status {
    return Fail(ErrorKind::kUnsupported, "exec is not supported by this driver");
  });
  const Status status = Wait(probe, Duration(1000));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(probe.asked.size(), 1U);
}

}  // namespace
}  // namespace ctestbed

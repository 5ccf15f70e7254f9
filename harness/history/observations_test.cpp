#include "history/observations.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

// Every event comes 100 ms after the one before it.
class Session {
 public:
  Session() {
    Event& event = Add(EventKind::kSessionStarted);
    event.session = "s1";
    event.backend = "process";
    Event& deploying = Add(EventKind::kEnvironmentDeploying, "");
    deploying.preset = "split";
  }
  Session& Starting(std::string node) {
    Add(EventKind::kNodeStarting, std::move(node));
    return *this;
  }
  Session& Ready(const std::string& node) {
    Add(EventKind::kNodeReady, node).digest = "of " + node;
    return *this;
  }
  Session& Failed(std::string node) {
    Add(EventKind::kNodeFailed, std::move(node));
    return *this;
  }
  Session& Removing() {
    Add(EventKind::kEnvironmentRemoving, "");
    return *this;
  }
  Session& Stopped(const std::string& node, Duration duration) {
    Event& event = Add(EventKind::kNodeStopped, node);
    event.digest = "of " + node;
    event.duration = duration;
    return *this;
  }
  Session& Reset(const std::string& node, Duration duration) {
    Event& event = Add(EventKind::kNodeReset, node);
    event.digest = "of " + node;
    event.duration = duration;
    return *this;
  }
  Session& Finished(const std::string& suite, Verdict verdict) {
    Event& event = Add(EventKind::kRunFinished);
    event.suite = suite;
    event.preset = "split";
    event.run = suite + "@split";
    event.verdict = verdict;
    event.duration = 30ms;
    return *this;
  }
  Session& End(std::string reason = {}) {
    Add(EventKind::kSessionFinished).message = std::move(reason);
    return *this;
  }

  // "start auth 200 ms"
  std::vector<std::string> Learned() const {
    std::vector<std::string> lines;
    for (const Sample& sample : ObservationsIn(events_, "shop")) {
      const std::string verdict = sample.subject.measure == Measure::kRun
                                      ? fmt::format(" {}", VerdictName(sample.verdict))
                                      : "";
      lines.push_back(fmt::format("{} {} {}{}", MeasureName(sample.subject.measure),
                                  sample.subject.name, FormatDuration(sample.duration), verdict));
    }
    return lines;
  }
  std::vector<Event>& events() { return events_; }

 private:
  Event& Add(EventKind kind) {
    Event& event = events_.emplace_back();
    event.kind = kind;
    event.seq = events_.size();
    event.at = "2026-01-01T00:00:00.000Z";
    event.mono_s = static_cast<double>(events_.size()) / 10;
    return event;
  }
  Event& Add(EventKind kind, std::string node) {
    Event& event = Add(kind);
    event.environment = "e1";
    event.node = std::move(node);
    return event;
  }

  std::vector<Event> events_;
};

TEST(Observations, AreStartsStopsAndRuns) {
  Session session;
  session.Starting("db").Starting("auth").Ready("db").Ready("auth");
  session.Finished("orders", Verdict::kPassed).Reset("db", 15ms);
  session.Finished("accounts", Verdict::kFailed);
  session.Removing().Stopped("auth", 20ms).Stopped("db", 40ms).End();
  EXPECT_THAT(session.Learned(),
              ElementsAre("start db 200 ms", "start auth 200 ms", "run orders 30 ms passed",
                          "reset db 15 ms", "run accounts 30 ms failed", "stop auth 20 ms",
                          "stop db 40 ms"));
}

TEST(Observations, SayOfWhatTheyAre) {
  Session session;
  session.Starting("db").Ready("db").Finished("orders", Verdict::kPassed).End();
  const std::vector<Sample> samples = ObservationsIn(session.events(), "shop");
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].subject,
            (Subject{"shop", "process", Measure::kStart, "split", "db", "of db"}));
  EXPECT_EQ(samples[0].session, "s1");
  EXPECT_EQ(samples[0].seq, 4U);
  EXPECT_EQ(samples[0].at, "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(samples[1].subject,
            (Subject{"shop", "process", Measure::kRun, "split", "orders", "orders@split"}));
}

TEST(Observations, LeaveOutNodesThatFailed) {
  Session session;
  session.Starting("db").Starting("auth").Starting("auth.2").Ready("auth");
  session.Failed("db").Stopped("db", 10ms);        // never got ready
  session.Failed("auth.2").Stopped("auth", 10ms);  // one of its replicas crashed
  session.Starting("auth").Starting("auth.2").Ready("auth").Stopped("auth", 20ms).End();
  EXPECT_THAT(session.Learned(),
              ElementsAre("start auth 200 ms", "start auth 200 ms", "stop auth 20 ms"));
}

TEST(Observations, AFurtherReplicaIsNoStart) {
  Session session;
  session.Starting("auth").Ready("auth").Starting("auth.2").Ready("auth").End();
  EXPECT_THAT(session.Learned(), ElementsAre("start auth 100 ms"));
}

TEST(Observations, LeaveOutBlockedRuns) {
  Session session;
  session.Finished("orders", Verdict::kBlocked).Finished("accounts", Verdict::kSkipped).End();
  EXPECT_THAT(session.Learned(), ElementsAre("run accounts 30 ms skipped"));
}

TEST(Observations, OfAnAbortedSessionAreWhatWasComplete) {
  const auto tell = [](Session& session) {
    session.Starting("db").Ready("db").Finished("orders", Verdict::kFailed);
    session.Starting("late").Finished("accounts", Verdict::kError);
    session.Removing().Stopped("db", 1ms);
  };
  Session interrupted;
  tell(interrupted);
  interrupted.End("interrupted by signal 2");
  EXPECT_THAT(interrupted.Learned(), ElementsAre("start db 100 ms", "run orders 30 ms failed"));
  Session killed;
  tell(killed);
  EXPECT_EQ(killed.Learned(), interrupted.Learned());
}

TEST(Observations, MayBeCutOffAnywhere) {
  Session session;
  session.Starting("db").Ready("db").Finished("orders", Verdict::kPassed);
  session.Removing().Stopped("db", 20ms).End();
  for (std::vector<Event> events = session.events(); !events.empty(); events.pop_back()) {
    EXPECT_LE(ObservationsIn(events, "shop").size(), 3U);
  }
  EXPECT_THAT(ObservationsIn({}, "shop"), IsEmpty());
}

TEST(Observations, WithoutADigestThereIsNoneOfANode) {
  Session session;
  session.Starting("db").Ready("db").End();
  for (Event& event : session.events()) event.digest.clear();
  EXPECT_THAT(session.Learned(), IsEmpty());
}

}  // namespace
}  // namespace ctestbed

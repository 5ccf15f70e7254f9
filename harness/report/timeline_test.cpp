#include "report/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "report/test_stream.h"
#include "report/trace.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using Kind = TimelineBar::Kind;

std::vector<Kind> Kinds(const TimelineLane& lane) {
  std::vector<Kind> kinds;
  for (const TimelineBar& bar : lane.bars) kinds.push_back(bar.kind);
  return kinds;
}

// Events are 100 ms apart.
Stream OneRun() {
  return Stream()
      .Begin({kAccounts})
      .Deploying(kAccounts)
      .Ready(kAccounts)
      .Started(kAccounts)
      .Case(kAccounts, "create", Verdict::kFailed, "no")
      .Finished(kAccounts, Verdict::kFailed)
      .Removed()
      .End();
}

TEST(Timeline, HasABarForAllThatAnEnvironmentDid) {
  const Timeline timeline = FoldTimeline(OneRun().events);
  ASSERT_THAT(timeline.lanes, SizeIs(1));
  const TimelineLane& lane = timeline.lanes[0];
  EXPECT_EQ(lane.name, "monolith,store=redis");
  ASSERT_THAT(Kinds(lane),
              ElementsAre(Kind::kDeploy, Kind::kIdle, Kind::kRun, Kind::kCase, Kind::kTeardown));
  EXPECT_DOUBLE_EQ(timeline.length_s, 0.9);
  EXPECT_DOUBLE_EQ(lane.bars[0].begin_s, 0.2);
  EXPECT_DOUBLE_EQ(lane.bars[0].end_s, 0.3);
  EXPECT_DOUBLE_EQ(lane.bars[1].end_s, 0.7);
  EXPECT_NEAR(lane.bars[3].begin_s, 0.5 - 0.012, 1e-9);
  EXPECT_EQ(lane.bars[2].verdict, Verdict::kFailed);
  EXPECT_EQ(lane.bars[4].verdict, Verdict::kPassed);
}

TEST(Timeline, EndsWhatTheStreamCutsOff) {
  std::vector<Event> events = OneRun().events;
  for (size_t count = 0; count <= events.size(); ++count) {
    const std::vector<Event> cut(events.begin(),
                                 events.begin() + static_cast<std::ptrdiff_t>(count));
    const Timeline timeline = FoldTimeline(cut);
    for (const TimelineLane& lane : timeline.lanes) {
      for (const TimelineBar& bar : lane.bars) {
        EXPECT_LE(bar.begin_s, bar.end_s);
        EXPECT_LE(bar.end_s, timeline.length_s);
      }
    }
  }
}

TEST(Timeline, TellsAFailedDeployAndLeftovers) {
  const Timeline timeline = FoldTimeline(Stream()
                                             .Begin({kAccounts})
                                             .Deploying(kAccounts)
                                             .DeployFailed(kAccounts, "redis", "died")
                                             .Removed("process 4711")
                                             .End()
                                             .events);
  ASSERT_THAT(timeline.lanes, SizeIs(1));
  for (const TimelineBar& bar : timeline.lanes[0].bars) EXPECT_EQ(bar.verdict, Verdict::kFailed);
}

// The events of `environment` moved to another one, of the same configuration.
std::vector<Event> InEnvironment(std::vector<Event> events, const std::string& environment) {
  for (Event& event : events) {
    if (!event.environment.empty()) event.environment = environment;
  }
  return events;
}

TEST(Timeline, HasALaneForEachEnvironmentOfAConfiguration) {
  const std::vector<Event> one = OneRun().events;
  std::vector<Event> both;
  for (const Event& event : one) {
    both.push_back(event);
    if (!event.environment.empty()) both.push_back(InEnvironment({event}, "e2")[0]);
  }
  const Timeline timeline = FoldTimeline(both);
  ASSERT_THAT(timeline.lanes, SizeIs(2));
  EXPECT_EQ(timeline.lanes[0].name, "monolith,store=redis");
  EXPECT_EQ(timeline.lanes[1].name, "monolith,store=redis #2");
  EXPECT_THAT(Kinds(timeline.lanes[1]),
              ElementsAre(Kind::kDeploy, Kind::kIdle, Kind::kRun, Kind::kCase, Kind::kTeardown));
}

TEST(Trace, HasCompleteEventsOfAThreadForEachEnvironment) {
  const auto trace = ParseJson(RenderTrace(OneRun().events));
  ASSERT_TRUE(trace.has_value());
  ASSERT_EQ(trace->size(), 5U);
  EXPECT_EQ((*trace)[0]["args"]["name"], "monolith,store=redis");
  const Json& run = (*trace)[2];
  EXPECT_EQ(run["name"], RunName(kAccounts));
  EXPECT_EQ(run["ph"], "X");
  EXPECT_EQ(run["ts"], 400'000);
  EXPECT_EQ(run["dur"], 200'000);
  EXPECT_EQ(run["args"]["verdict"], "failed");
  EXPECT_EQ(RenderTrace({}), "[\n]\n");
}

}  // namespace
}  // namespace ctestbed

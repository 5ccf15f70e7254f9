#include "report/html/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/test_stream.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
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
  EXPECT_EQ(DescribeLane(lane), "deploy 100 ms, run 200 ms, idle 200 ms, teardown 100 ms");
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

TEST(LaneSvg, EscapesNamesAndStaysInItsWidth) {
  TimelineLane lane{"<lane>&\"", {{Kind::kRun, 0, 1, "<b>run", Verdict::kPassed}}};
  lane.bars.push_back({Kind::kTeardown, 1, 1, "", Verdict::kPassed});
  const std::string svg = LaneSvg(lane, 1);
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(svg, HasSubstr("aria-label=\"&lt;lane&gt;&amp;&quot;: run 1 s, teardown 0 ms\""));
  EXPECT_THAT(svg, HasSubstr("x=\"998.50\" y=\"7\" width=\"1.50\""));
}

TEST(LaneSvg, DrawsEveryBadCaseButNotEveryGoodOne) {
  TimelineLane lane{"l", {}};
  for (int i = 0; i < 50'000; ++i) {
    lane.bars.push_back({Kind::kCase, i * 1e-3, (i + 1) * 1e-3, "c",
                         i % 10'000 == 0 ? Verdict::kFailed : Verdict::kPassed});
  }
  const std::string svg = LaneSvg(lane, 50);
  size_t failed = 0;
  for (size_t at = 0; (at = svg.find("case failed", at)) != std::string::npos; ++at) ++failed;
  EXPECT_EQ(failed, 5U);
  EXPECT_LT(svg.size(), 100'000U);
}

TEST(AxisTicks, AreFewAndRound) {
  EXPECT_THAT(AxisTicks(0), ElementsAre(0));
  EXPECT_THAT(AxisTicks(2.5), ElementsAre(0, 0.5, 1, 1.5, 2, 2.5));
  EXPECT_THAT(AxisTicks(61), ElementsAre(0, 20, 40, 60));
  for (const double length : {1e-3, 0.7, 9.0, 59.0, 1e4}) {
    EXPECT_GE(AxisTicks(length).size(), 3U) << length;
    EXPECT_LE(AxisTicks(length).size(), 9U) << length;
  }
}

}  // namespace
}  // namespace ctestbed

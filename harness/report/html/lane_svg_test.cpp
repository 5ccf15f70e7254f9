#include "report/html/lane_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Kind = TimelineBar::Kind;

TEST(DescribeLane, LeavesRunsOutOfIdleTime) {
  const TimelineLane lane{"l",
                          {{Kind::kDeploy, 0, 1, "", Verdict::kPassed},
                           {Kind::kIdle, 1, 5, "", Verdict::kPassed},
                           {Kind::kRun, 2, 3, "a", Verdict::kPassed},
                           {Kind::kRun, 3, 4, "b", Verdict::kFailed}}};
  EXPECT_EQ(DescribeLane(lane), "deploy 1 s, 2 runs 2 s, idle 2 s");
  EXPECT_EQ(DescribeLane({"l", {{Kind::kRun, 2, 3, "a", Verdict::kPassed}}}),
            "run 1 s, in an environment deployed for others");
}

TEST(LaneSvg, EscapesNamesAndStaysInItsWidth) {
  TimelineLane lane{"<lane>&\"", {{Kind::kRun, 0, 1, "<b>run", Verdict::kPassed}}};
  lane.bars.push_back({Kind::kTeardown, 1, 1, "", Verdict::kPassed});
  const std::string svg = LaneSvg(lane, 1);
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(svg, HasSubstr("aria-label=\"&lt;lane&gt;&amp;&quot;: run 1 s, teardown 0 ms, in an "
                             "environment deployed for others\""));
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

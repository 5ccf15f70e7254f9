// What each configuration of an environment did over time, as lanes of bars.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"

namespace ctestbed {

struct TimelineBar {
  enum class Kind { kDeploy, kIdle, kRun, kCase, kTeardown };
  Kind kind = Kind::kDeploy;
  double begin_s = 0;  // since the session began
  double end_s = 0;
  std::string name;                    // of a run or case
  Verdict verdict = Verdict::kPassed;  // kFailed for a deploy or teardown that failed

  bool operator==(const TimelineBar&) const = default;
};

struct TimelineLane {
  std::string name;  // EnvironmentName, and "#2" of the second environment of that configuration
  std::vector<TimelineBar> bars;  // a run before its cases, else in the order of their begin

  bool operator==(const TimelineLane&) const = default;
};

struct Timeline {
  double length_s = 0;
  std::vector<TimelineLane> lanes;  // in the order of their first deploy

  bool operator==(const Timeline&) const = default;
};

// What the end of the stream cut off ends there.
Timeline FoldTimeline(const std::vector<Event>& events);

// "deploy", "idle", "run", "case", "teardown".
std::string_view BarKindName(TimelineBar::Kind kind);

}  // namespace ctestbed

// A lane of the timeline drawn, and what goes around it.
#pragma once

#include <string>
#include <vector>

#include "report/timeline.h"

namespace ctestbed {

// An SVG element 1000 units wide that stretches to the width it is given.
std::string LaneSvg(const TimelineLane& lane, double length_s);
// "deploy 210 ms, 3 runs 1.2 s, idle 20 ms, teardown 9 ms".
std::string DescribeLane(const TimelineLane& lane);

// Round times for an axis of that length, in seconds; at most nine.
std::vector<double> AxisTicks(double length_s);

}  // namespace ctestbed

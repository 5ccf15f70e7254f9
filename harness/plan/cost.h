// What changes of an environment cost, in estimated time.
#pragma once

#include <vector>

#include "base/duration.h"
#include "model/plan.h"

namespace ctestbed {

// Of one node, as long as nothing was measured.
inline constexpr Duration kStartCost{1000};
inline constexpr Duration kStopCost{200};
// Of one run, likewise.
inline constexpr Duration kRunCost{1000};

Duration CostOf(const std::vector<Change>& changes);

// Of lanes whose changes are filled in. `planned` and `naive` both contain the removal of the last
// environment of each. The bound: every distinct node is started and stopped at
// least once, and once for each run that wants it fresh.
PlanCost CostOf(const std::vector<Lane>& lanes);

}  // namespace ctestbed

// An order that shows early what failed lately.
#pragma once

#include <vector>

#include "plan/plan.h"

namespace ctestbed {

// Moves batches, and runs within them, so that `changes + fail_first * sum of (failure score of a
// run * time until it ends)` becomes small. Batches are moved one by one to the place that is best,
// the most suspicious first; none that a declared order binds (`after`), or that is dirty or fresh.
void PutFailuresFirst(std::vector<Batch>& batches, const std::vector<Suite>& suites,
                      const PlanSettings& settings);

}  // namespace ctestbed

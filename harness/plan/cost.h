// What changes of an environment cost, in estimated time.
#pragma once

#include <vector>

#include "base/duration.h"
#include "model/estimates.h"
#include "model/plan.h"

namespace ctestbed {

// Sets what each batch changes of the one before it, and what that costs; the first starts all.
void FillChanges(std::vector<Batch>& batches, const Estimates& estimates);

// Of the step from one batch to another; null is nothing.
Duration CostOfStep(const Batch* from, const Batch* to, const Estimates& estimates);

// Of lanes whose changes are filled in. `planned` and `naive` both contain the removal of the last
// environment of each. The bound: every distinct node is started and stopped at least once, and
// once for each run that wants it restarted.
PlanCost CostOf(const std::vector<Lane>& lanes, const Estimates& estimates);

}  // namespace ctestbed

// From an order of environments to visits with runs.
#pragma once

#include <vector>

#include "plan/order/order.h"
#include "plan/order/step_costs.h"

namespace ctestbed {

// The environments that runs need, equal ones once, in the order of their first run.
struct RunGroup {
  int environment = 0;  // of the first run
  std::vector<int> runs;
};
std::vector<RunGroup> GroupRuns(const OrderProblem& problem);

// Whether it can share its visit with any other such run.
bool IsPlain(const OrderRun& run);

// Visits that the runs of one environment need: in each at most the first run wants it fresh, only
// the last makes it dirty, and who is exclusive is alone.
std::vector<OrderedVisit> VisitsOf(const OrderProblem& problem, const std::vector<int>& runs,
                                   int environment);

// Of the step between two visits; null is nothing.
Duration StepBetween(const StepCosts& costs, const OrderedVisit* from, const OrderedVisit* to);
// Joins visits of one environment that follow each other and need not be apart, and drops empty
// ones.
void JoinVisits(const OrderProblem& problem, std::vector<OrderedVisit>& visits);
// A lane with all its costs.
OrderedLane LaneOf(const StepCosts& costs, std::vector<OrderedVisit> visits);

}  // namespace ctestbed

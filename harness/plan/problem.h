// What plan/order/ has to order, made from runs and their topologies.
#pragma once

#include <vector>

#include "plan/expand.h"
#include "plan/order/order_problem.h"

namespace ctestbed {

// Run i of the problem is `runs[i]`. A slot is a node by its name, its states are node digests; one
// more keeps environments apart that differ in other ways than their nodes. Jobs follow what they
// depend on. What else may restart a node is left out, so that no bound is too high.
OrderProblem ProblemOf(const std::vector<ExpandedRun>& runs, const PlanInput& input,
                       const PlanSettings& settings);

}  // namespace ctestbed

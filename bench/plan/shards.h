// How test runners share work out, blind to what environments cost.
#pragma once

#include "plan/order/order_problem.h"

namespace ctestbed {

// The longest run to the emptiest lane, lanes in declared order: pytest-split's least_duration.
// Returns the makespan with the changes that this leads to.
Duration LongestFirstMakespan(const OrderProblem& problem, int lanes);
// The declared order in stretches of the same time: pytest-split's duration_based_chunks.
Duration ChunksMakespan(const OrderProblem& problem, int lanes);

}  // namespace ctestbed

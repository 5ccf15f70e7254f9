// How soon no plan in so many lanes can end.
#pragma once

#include <optional>

#include "plan/order/order.h"
#include "plan/order/step_costs.h"

namespace ctestbed {

// No lane ends before its share of all runs and changes, or before the dearest run with its
// environment. `change_bound` is that of the changes of one lane, which several lanes together
// cannot undercut; `order` is a good one of all environments, from which a stronger bound for more
// lanes is found in `steps` steps.
Duration MakespanBound(const StepCosts& costs, std::optional<Duration> change_bound,
                       const std::vector<int>& order, int lanes, int steps);

}  // namespace ctestbed

// Whether a plan is what it says it is. Shares nothing with what makes plans but the values: costs
// are worked out again from the meaning of a problem.
#pragma once

#include <string>

#include "plan/order/order.h"

namespace ctestbed {

// The first thing that is wrong with `plan`, or nothing: every run once and in its environment,
// fresh, dirty and exclusive runs kept apart, precedences, number and capacities of lanes, and all
// costs, the bounds included where they exceed what they bound.
std::string FirstViolation(const OrderProblem& problem, const OrderedPlan& plan);

}  // namespace ctestbed

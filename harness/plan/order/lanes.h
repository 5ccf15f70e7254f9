// One good order of visits as several lanes of about the same length.
#pragma once

#include <vector>

#include "plan/order/order.h"
#include "plan/order/step_costs.h"

namespace ctestbed {

// At most `count` lanes, which hold all visits of `one_lane`: cut where a binary search of the
// makespan says, then evened out by up to `moves` moves of a few visits from the longest lane to
// another. A visit longer than the share of a lane is divided where that makes the makespan a
// twentieth shorter at least. Runs that a precedence binds stay together in the first lane.
std::vector<OrderedLane> SplitIntoLanes(const StepCosts& costs,
                                        const std::vector<OrderedVisit>& one_lane, int count,
                                        int moves);

// The same moves from lanes as they are.
std::vector<OrderedLane> EvenOutLanes(const StepCosts& costs, const std::vector<OrderedLane>& lanes,
                                      int moves);

// Whether the largest environments of all lanes fit together.
bool FitsCapacity(const OrderProblem& problem, const std::vector<OrderedLane>& lanes);

Duration MakespanOf(const std::vector<OrderedLane>& lanes);
Duration MachineTimeOf(const std::vector<OrderedLane>& lanes);

}  // namespace ctestbed

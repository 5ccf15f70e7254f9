// The portfolio: which method orders the environments of an instance, by its size and shape.
#pragma once

#include <string>
#include <vector>

#include "plan/order/order.h"
#include "plan/order/step_costs.h"

namespace ctestbed {

struct BestTour {
  std::vector<int> environments;
  std::string method;  // "exact", "product" or "search", of the largest part
  int64_t bound = 0;   // of the length of a closed round trip tour; 0 when costs are no metric
};

// Environments that share no state directly or through others are ordered independently: going
// from one to another costs what going through the empty environment costs. `environments` are
// indices of the problem, all different in states.
BestTour FindBestTour(const StepCosts& costs, const std::vector<int>& environments,
                      const OrderOptions& options);

}  // namespace ctestbed

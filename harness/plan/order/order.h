// In which order, and in which lanes, environments are brought up so that changes cost little.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/order/order_problem.h"

namespace ctestbed {

struct OrderOptions {
  uint64_t seed = 1;
  // Disturbances tried by the local search, for all environments together; 0 is the fast mode.
  // About 100 000 per second. The same problem, seed and numbers give the same plan anywhere.
  int64_t iterations = 100'000;
  // Steps of the ascent to the lower bound; 0 leaves the bound that costs nothing.
  int bound_steps = 1000;
  // Rivals whose time grows with the square are left out beyond this many environments, and all of
  // them when the order is proven to be the best.
  int rivals_up_to = 2047;
};

// Runs in one environment, one after the other, with no change between them.
struct OrderedVisit {
  int environment = 0;
  std::vector<int> runs;
  Duration change{0};  // before it

  bool operator==(const OrderedVisit&) const = default;
};

struct OrderedLane {
  std::vector<OrderedVisit> visits;
  Duration removal{0};  // of the last environment
  Duration change{0};   // all of them, the removal included
  Duration end{0};      // start-up, changes and runs

  bool operator==(const OrderedLane&) const = default;
};

struct RivalCost {
  std::string name;
  Duration change{0};  // of its order, in one lane

  bool operator==(const RivalCost&) const = default;
};

// What a number of lanes would come to.
struct LaneChoice {
  int lanes = 0;
  Duration makespan{0};
  Duration machine{0};  // the ends of all lanes together

  bool operator==(const LaneChoice&) const = default;
};

struct OrderedPlan {
  std::vector<OrderedLane> lanes;          // none is empty
  Duration change{0};                      // of all lanes
  Duration makespan{0};                    // the last end
  std::optional<Duration> change_bound;    // no plan has a smaller sum of changes
  std::optional<Duration> makespan_bound;  // nor, in so many lanes, a smaller makespan
  std::string method;                      // what found the order: "exact", "search", a rival
  std::vector<RivalCost> rivals;
  std::vector<LaneChoice> curve;  // when the number of lanes was free

  bool operator==(const OrderedPlan&) const = default;
};

// The best of its own orders and of all rivals'. kInvalid as CheckProblem.
Result<OrderedPlan> Order(const OrderProblem& problem, const OrderOptions& options);

}  // namespace ctestbed

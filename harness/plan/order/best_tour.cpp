#include "plan/order/best_tour.h"

#include <algorithm>

#include "plan/order/disjoint_sets.h"
#include "plan/order/exact_tour.h"
#include "plan/order/greedy_tour.h"
#include "plan/order/lower_bound.h"
#include "plan/order/neighbours.h"
#include "plan/order/sorted_tour.h"
#include "plan/order/tour_search.h"
#include "plan/plan_random.h"

namespace ctestbed {
namespace {

constexpr int kExactWhenFast = 12;

// Environments that share states, directly or by others. Joins states instead of environments:
// there are few.
std::vector<std::vector<int>> Components(const OrderProblem& problem,
                                         const std::vector<int>& environments) {
  std::vector<int> first_state;  // of each slot, as one number
  int states = 0;
  for (const Slot& slot : problem.slots) {
    first_state.push_back(states);
    states += static_cast<int>(slot.states.size());
  }
  DisjointSets sets(static_cast<size_t>(states));
  std::vector<int> some_state;  // of each of them; -1 if it has none
  for (const int environment : environments) {
    const SlotStates& row = problem.environments[static_cast<size_t>(environment)];
    int some = -1;
    for (size_t slot = 0; slot < row.size(); ++slot) {
      if (row[slot] == 0) continue;
      const int state = first_state[slot] + row[slot];
      if (some >= 0) sets.Join(some, state);
      some = state;
    }
    some_state.push_back(some);
  }
  std::vector<std::vector<int>> components;
  std::vector<int> number(static_cast<size_t>(states), -1);  // of the component of a root
  for (size_t i = 0; i < environments.size(); ++i) {
    int alone = -1;
    int& known = some_state[i] < 0 ? alone : number[static_cast<size_t>(sets.Find(some_state[i]))];
    if (known < 0) {
      known = static_cast<int>(components.size());
      components.emplace_back();
    }
    components[static_cast<size_t>(known)].push_back(environments[i]);
  }
  return components;
}

int NeighbourCount(int size) {
  return size <= 4000 ? 16 : size <= 30'000 ? 12 : 10;
}

struct FoundTour {
  std::vector<int> tour;
  std::string method;
  int64_t bound = 0;
};

// `iterations` are for this instance alone.
FoundTour Solve(const Distances& distances, int64_t iterations, const OrderOptions& options) {
  const std::vector<CostAxis> axes = AxesOf(distances);
  FoundTour found{SortedTour(distances, axes), "product", 0};
  const int64_t length = distances.Length(found.tour);
  if (distances.costs().IsMetric()) found.bound = ProjectionBound(distances, axes, found.tour);
  if (length == found.bound || distances.size() <= 3) return found;
  if (distances.size() - 1 <= (iterations > 0 ? kMostExact : kExactWhenFast)) {
    found.tour = ExactTour(distances);
    found.method = "exact";
    if (distances.costs().IsMetric()) found.bound = distances.Length(found.tour);
    return found;
  }
  const Neighbours neighbours(distances, axes, NeighbourCount(distances.size()));
  std::vector<int> greedy = GreedyTour(distances, neighbours, found.tour);
  if (distances.Length(greedy) < length) found.tour = std::move(greedy);
  TourSearch search(distances, neighbours, std::move(found.tour));
  search.Descend();
  PlanRandom random(options.seed);
  search.Iterate(iterations, random);
  found.tour = search.Tour();
  found.method = "search";
  if (options.bound_steps > 0 && distances.costs().IsMetric()) {
    const BoundOptions bound{.steps = options.bound_steps};
    found.bound = std::max(found.bound, TreeBounds(distances, found.tour, bound)[0]);
  }
  return found;
}

}  // namespace

BestTour FindBestTour(const StepCosts& costs, const std::vector<int>& environments,
                      const OrderOptions& options) {
  std::vector<std::vector<int>> parts{environments};
  if (costs.IsMetric()) parts = Components(costs.problem(), environments);
  BestTour best;
  size_t largest = 0;
  for (const std::vector<int>& part : parts) {
    const Distances distances(costs, part);
    const double share =
        static_cast<double>(part.size()) / static_cast<double>(environments.size());
    const auto iterations = static_cast<int64_t>(static_cast<double>(options.iterations) * share);
    const FoundTour found = Solve(distances, iterations, options);
    for (const int vertex : found.tour) {
      if (vertex != 0) best.environments.push_back(distances.Environment(vertex));
    }
    best.bound += found.bound;
    if (part.size() > largest) best.method = found.method;
    largest = std::max(largest, part.size());
  }
  return best;
}

}  // namespace ctestbed

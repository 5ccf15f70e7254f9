#include "plan/order/makespan_bound.h"

#include <algorithm>
#include <limits>

#include "plan/order/lower_bound.h"

namespace ctestbed {
namespace {

constexpr int kMostVertices = 2047;

Duration WholeCost(const StepCosts& costs, int environment) {
  return Duration{costs.RoundTrip(kNothing, environment) / 2};
}

// [l - 1]: of the changes of l lanes that all have a visit. An environment may be in several lanes:
// without its copies some lanes may be empty, each of which has at least the cheapest environment.
// There are no more of those lanes than runs beyond the first ones of their environments.
std::vector<Duration> ChangeBounds(const StepCosts& costs, Duration one,
                                   const std::vector<int>& order, int lanes, int steps) {
  std::vector<int64_t> lengths(static_cast<size_t>(lanes));
  if (steps > 0 && std::ssize(order) <= kMostVertices) {
    const Distances distances(costs, order);
    std::vector<int> tour;
    for (int vertex = 0; vertex < distances.size(); ++vertex) tour.push_back(vertex);
    lengths = TreeBounds(distances, tour, {.steps = steps, .lanes = lanes});
  }
  Duration cheapest = Duration::max();
  for (const int environment : order) {
    cheapest = std::min(cheapest, WholeCost(costs, environment));
  }
  const auto copies = static_cast<int64_t>(costs.problem().runs.size() - order.size());
  std::vector<Duration> bounds;
  for (int64_t l = 0; l < lanes; ++l) {
    Duration& bound = bounds.emplace_back(Duration::max());
    for (int64_t empty = 0; empty <= std::min(l, copies); ++empty) {
      const int64_t length = lengths[static_cast<size_t>(l - empty)];
      bound = std::min(bound, std::max(one, Duration{(length + 1) / 2}) + empty * cheapest);
    }
  }
  return bounds;
}

}  // namespace

Duration MakespanBound(const StepCosts& costs, std::optional<Duration> change_bound,
                       const std::vector<int>& order, int lanes, int steps) {
  const OrderProblem& problem = costs.problem();
  if (problem.runs.empty()) return Duration{0};
  Duration runs{0};
  for (const OrderRun& run : problem.runs) runs += run.time;
  if (lanes == 1) return problem.lanes.start_up + runs + change_bound.value_or(Duration{0});
  Duration longest{0};
  for (const OrderRun& run : problem.runs) {
    const Duration around = change_bound ? WholeCost(costs, run.environment) : Duration{0};
    longest = std::max(longest, run.time + around);
  }
  std::vector<Duration> changes(static_cast<size_t>(lanes));
  if (change_bound) {
    changes = ChangeBounds(costs, *change_bound, order, lanes, steps);
  }
  Duration share = Duration::max();
  for (int64_t l = 1; l <= lanes; ++l) {
    share = std::min(share, (runs + changes[static_cast<size_t>(l) - 1]) / l);
  }
  return problem.lanes.start_up + std::max(share, longest);
}

}  // namespace ctestbed

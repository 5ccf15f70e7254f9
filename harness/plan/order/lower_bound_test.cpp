#include "plan/order/lower_bound.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <set>

#include "plan/order/exact_tour.h"
#include "plan/order/order.h"
#include "plan/order/random_problem_test.h"

namespace ctestbed {
namespace {

std::vector<int> FirstEnvironments(int count) {
  std::vector<int> environments(static_cast<size_t>(count));
  std::iota(environments.begin(), environments.end(), 0);
  return environments;
}

// The least length of two tours that share `environments`, by trying all ways to share.
int64_t LeastOfTwo(const StepCosts& costs, int count) {
  int64_t least = std::numeric_limits<int64_t>::max();
  for (int set = 1; set < 1 << (count - 1); ++set) {
    std::vector<int> one, other;
    for (int i = 0; i < count; ++i) ((set >> i & 1) != 0 ? one : other).push_back(i);
    const Distances first(costs, one);
    const Distances second(costs, other);
    least = std::min(least, first.Length(ExactTour(first)) + second.Length(ExactTour(second)));
  }
  return least;
}

TEST(LowerBound, IsAtMostTheOptimumAndCloseToIt) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const OrderProblem problem =
        RandomProblem({.environments = 9, .slots = 4, .dependent = seed % 2 == 0}, seed);
    const StepCosts costs(problem);
    const Distances distances(costs, FirstEnvironments(9));
    const std::vector<int> tour = ExactTour(distances);
    const int64_t bound = TreeBounds(distances, tour, {})[0];
    EXPECT_LE(bound, distances.Length(tour));
    EXPECT_GE(bound, distances.Length(tour) * 95 / 100);
  }
}

TEST(LowerBound, HoldsAfterVeryManySteps) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const OrderProblem problem = RandomProblem({.environments = 9, .slots = 4}, seed);
    const StepCosts costs(problem);
    const Distances distances(costs, FirstEnvironments(9));
    const std::vector<int> tour = ExactTour(distances);
    const int64_t bound = TreeBounds(distances, tour, {.steps = 20'000})[0];
    EXPECT_LE(bound, distances.Length(tour));
    EXPECT_GE(bound, distances.Length(tour) * 97 / 100);
  }
}

TEST(LowerBound, OfSeveralLanesHoldsForThem) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const OrderProblem problem = RandomProblem({.environments = 7}, seed);
    const StepCosts costs(problem);
    const Distances distances(costs, FirstEnvironments(7));
    const std::vector<int64_t> bounds = TreeBounds(distances, ExactTour(distances), {.lanes = 2});
    EXPECT_LE(bounds[1], LeastOfTwo(costs, 7));
  }
}

// The least end of one lane of `runs`, by trying all orders of their environments.
Duration LeastEnd(const StepCosts& costs, const std::vector<int>& runs) {
  Duration time{0};
  std::set<int> environments;
  for (const int run : runs) {
    time += costs.problem().runs[static_cast<size_t>(run)].time;
    environments.insert(costs.problem().runs[static_cast<size_t>(run)].environment);
  }
  if (environments.empty()) return Duration{0};
  const Distances distances(costs, {environments.begin(), environments.end()});
  return time + Duration{distances.Length(ExactTour(distances)) / 2};
}

// Some environments have one run, others two: lanes may have copies of them.
TEST(LowerBound, OfTheMakespanHoldsForAllWaysToShareRuns) {
  constexpr int kRuns = 6;
  constexpr int kLanes = 3;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    OrderProblem problem =
        RandomProblem({.environments = 4 + static_cast<int>(seed % 3), .lanes = kLanes}, seed);
    problem.runs.resize(kRuns);
    const StepCosts costs(problem);
    Duration least = Duration::max();
    for (int way = 0; way < 729; ++way) {  // lanes of the runs, as digits
      std::vector<std::vector<int>> lanes(kLanes);
      for (int run = 0, digits = way; run < kRuns; ++run, digits /= kLanes) {
        lanes[static_cast<size_t>(digits % kLanes)].push_back(run);
      }
      Duration makespan{0};
      for (const auto& lane : lanes) makespan = std::max(makespan, LeastEnd(costs, lane));
      least = std::min(least, makespan);
    }
    const auto plan = Order(problem, {.iterations = 1000});
    EXPECT_LE(*plan->makespan_bound, least) << seed;
    EXPECT_GE(plan->makespan, least) << seed;
  }
}

TEST(LowerBound, FromASparseGraphIsCheckedAgainstAllPairs) {
  const OrderProblem problem = RandomProblem({.environments = 600, .slots = 8, .states = 5}, 1);
  const auto plan = Order(problem, {.iterations = 2000, .bound_steps = 400});
  EXPECT_LE(*plan->change_bound, plan->change);
  EXPECT_GE(*plan->change_bound, plan->change * 97 / 100);
}

}  // namespace
}  // namespace ctestbed

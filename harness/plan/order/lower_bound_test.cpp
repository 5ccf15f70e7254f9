#include "plan/order/lower_bound.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

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

TEST(LowerBound, FromASparseGraphIsCheckedAgainstAllPairs) {
  const OrderProblem problem = RandomProblem({.environments = 600, .slots = 8, .states = 5}, 1);
  const auto plan = Order(problem, {.iterations = 2000, .bound_steps = 400});
  EXPECT_LE(*plan->change_bound, plan->change);
  EXPECT_GE(*plan->change_bound, plan->change * 97 / 100);
}

}  // namespace
}  // namespace ctestbed

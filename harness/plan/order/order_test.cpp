#include "plan/order/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "plan/order/order_check.h"
#include "plan/order/random_problem_test.h"

namespace ctestbed {
namespace {

OrderedPlan Planned(const OrderProblem& problem, const OrderOptions& options = {}) {
  const Result<OrderedPlan> plan = Order(problem, options);
  EXPECT_TRUE(plan) << plan.error().message;
  return plan.value_or(OrderedPlan{});
}

// The least cost of any order of the runs, by trying all, when every run has its own environment.
Duration LeastByForce(const OrderProblem& problem) {
  std::vector<int> order(problem.runs.size());
  std::iota(order.begin(), order.end(), 0);
  Duration least = Duration::max();
  do {
    Duration cost{0};
    SlotStates before(problem.slots.size());
    for (size_t i = 0; i <= order.size(); ++i) {
      const SlotStates after = i == order.size()
                                   ? SlotStates(problem.slots.size())
                                   : problem.environments[static_cast<size_t>(
                                         problem.runs[static_cast<size_t>(order[i])].environment)];
      for (size_t slot = 0; slot < after.size(); ++slot) {
        if (before[slot] == after[slot]) continue;
        cost += problem.slots[slot].states[before[slot]].stop +
                problem.slots[slot].states[after[slot]].start;
      }
      before = after;
    }
    least = std::min(least, cost);
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

// Every cell of axes with so many values; the i-th axis costs `costs[i]` to change.
OrderProblem Product(const std::vector<int>& sizes, const std::vector<int>& costs) {
  OrderProblem problem;
  int cells = 1;
  for (size_t axis = 0; axis < sizes.size(); ++axis) {
    auto& states = problem.slots.emplace_back(Slot{{SlotState{}}}).states;
    for (int i = 0; i < sizes[axis]; ++i) states.push_back({.start = Duration{costs[axis]}});
    cells *= sizes[axis];
  }
  for (int cell = 0; cell < cells; ++cell) {
    SlotStates& row = problem.environments.emplace_back();
    int rest = cell * 7919 % cells;  // in no good order, if coprime
    for (const int size : sizes) {
      row.push_back(static_cast<uint16_t>(1 + rest % size));
      rest /= size;
    }
    problem.runs.push_back({.environment = cell});
  }
  return problem;
}

TEST(Order, FindsTheBestOrderOfFewEnvironments) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    OrderProblem problem = RandomProblem({.environments = 7}, seed);
    problem.runs.resize(7);
    for (int i = 0; i < 7; ++i) problem.runs[static_cast<size_t>(i)].environment = i;
    const OrderedPlan plan = Planned(problem);
    EXPECT_EQ(plan.change, LeastByForce(problem));
    EXPECT_EQ(plan.change_bound, plan.change);
  }
}

TEST(Order, OfAProductIsTheBest) {
  const OrderedPlan plan = Planned(Product({3, 4, 5, 2}, {100, 2000, 30, 500}));
  // All 4 values of the dearest axis once, then 8, 24 and 120 beginnings of an order by dearness.
  EXPECT_EQ(plan.change, Duration(3 * 2000 + 4 * 500 + 16 * 100 + 96 * 30 + 2630));
  EXPECT_EQ(plan.change_bound, plan.change);
  EXPECT_EQ(plan.method, "product");
}

TEST(Order, IsNeverWorseThanItsRivals) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const OrderProblem problem = RandomProblem({.environments = 60, .slots = 6}, seed);
    const OrderedPlan plan = Planned(problem, {.iterations = 2000});
    EXPECT_EQ(plan.rivals.size(), 5U);
    for (const RivalCost& rival : plan.rivals) EXPECT_LE(plan.change, rival.change) << rival.name;
  }
}

TEST(Order, OfManyEnvironmentsUsesSortedNeighbours) {
  const OrderProblem problem = RandomProblem({.environments = 5000, .slots = 8, .states = 6}, 3);
  const OrderedPlan plan = Planned(problem, {.iterations = 500, .bound_steps = 10});
  EXPECT_EQ(FirstViolation(problem, plan), "");
  EXPECT_EQ(plan.method, "search");
  EXPECT_LE(*plan.change_bound, plan.change);
}

// One slot with two states that cost a second to start, and `runs` of a second in each.
OrderProblem TwoEnvironments(int runs) {
  OrderProblem problem;
  problem.slots = {{{SlotState{}, {.start = Duration{1000}}, {.start = Duration{1000}}}}};
  problem.environments = {{1}, {2}};
  for (int i = 0; i < runs; ++i) {
    for (const int environment : {0, 1}) {
      problem.runs.push_back({.environment = environment, .time = Duration{1000}});
    }
  }
  return problem;
}

TEST(Order, RestartsAfterDirtyRunsOnly) {
  OrderProblem problem = TwoEnvironments(3);
  EXPECT_EQ(Planned(problem).change, Duration{2000});
  problem.runs[0].dirties.all = true;  // ends its visit, and another environment comes anyway
  EXPECT_EQ(Planned(problem).change, Duration{2000});
  problem.runs[2].dirties.all = true;
  EXPECT_EQ(Planned(problem).change, Duration{3000});
  problem.slots[0].states[1].reset = Duration{10};
  EXPECT_EQ(Planned(problem).change, Duration{2010});
  problem.runs[0].dirties.restart = true;  // one of the two can still be the last of its visit
  EXPECT_EQ(Planned(problem).change, Duration{2010});
  problem.runs[2].dirties.restart = true;
  EXPECT_EQ(Planned(problem).change, Duration{3000});
}

TEST(Order, GivesFreshRunsWhatIsNew) {
  OrderProblem problem = TwoEnvironments(3);
  problem.runs[0].fresh.all = true;  // begins its visit
  EXPECT_EQ(Planned(problem).change, Duration{2000});
  problem.runs[2].fresh.all = true;
  problem.runs[4].dirties.all = true;  // makes the restart of the second necessary
  EXPECT_EQ(Planned(problem).change, Duration{3000});
}

TEST(Order, ComesBackWhereRunsHaveToWait) {
  OrderProblem problem = TwoEnvironments(2);
  problem.precedences = {{{0}, {1}}, {{1}, {2}}};  // first, second, first environment
  const OrderedPlan plan = Planned(problem);
  EXPECT_EQ(plan.change, Duration{3000});
  EXPECT_EQ(FirstViolation(problem, plan), "");
}

TEST(Order, EvensOutLanes) {
  OrderProblem problem = TwoEnvironments(10);
  problem.lanes.count = 2;
  EXPECT_EQ(Planned(problem).makespan, Duration{11'000});
  problem.lanes.count = 4;
  const OrderedPlan plan = Planned(problem);
  EXPECT_EQ(plan.makespan, Duration{6000});
  EXPECT_GE(*plan.makespan_bound, Duration{5750});
  EXPECT_EQ(FirstViolation(problem, plan), "");
}

TEST(Order, StaysWithinCapacity) {
  OrderProblem problem = TwoEnvironments(10);
  problem.lanes.count = 4;
  problem.footprints = {{.memory = 3}, {.memory = 1}};
  problem.lanes.memory = 4;
  const OrderedPlan plan = Planned(problem);
  EXPECT_EQ(plan.lanes.size(), 2U);
  EXPECT_EQ(FirstViolation(problem, plan), "");
}

TEST(Order, ChoosesHowManyLanesPay) {
  OrderProblem problem = TwoEnvironments(10);
  problem.lanes.count = 0;
  problem.lanes.start_up = Duration{10'000};
  const OrderedPlan plan = Planned(problem);
  EXPECT_EQ(plan.lanes.size(), 2U);
  ASSERT_GE(plan.curve.size(), 3U);
  EXPECT_EQ(plan.curve[0], (LaneChoice{1, Duration{32'000}, Duration{32'000}}));
  EXPECT_EQ(plan.curve[1], (LaneChoice{2, Duration{21'000}, Duration{42'000}}));
}

TEST(Order, ByTheCriticalPathTakesNodesThatStartTogetherAsOne) {
  OrderProblem problem;
  problem.slots = {{{SlotState{}, {.start = Duration{1000}}}},
                   {{SlotState{}, {.start = Duration{700}}}},
                   {{SlotState{}, {.start = Duration{50}, .waits_for = {1}}}}};
  problem.environments = {{1, 1, 1}};
  problem.runs = {{.environment = 0}};
  problem.objective = OrderObjective::kCriticalPath;
  const OrderedPlan plan = Planned(problem);
  EXPECT_EQ(plan.change, Duration{1000});
  EXPECT_FALSE(plan.change_bound);
}

TEST(Order, DependsOnItsInputAlone) {
  const OrderProblem problem = RandomProblem({.environments = 100, .slots = 7}, 5);
  EXPECT_EQ(Planned(problem, {.iterations = 5000}), Planned(problem, {.iterations = 5000}));
}

TEST(Order, OfNothingIsEmpty) {
  const OrderedPlan plan = Planned({});
  EXPECT_TRUE(plan.lanes.empty());
  EXPECT_EQ(plan.change, Duration{0});
}

TEST(Order, RefusesWhatIsNoProblem) {
  OrderProblem problem = RandomProblem({}, 1);
  problem.runs[3].environment = 99;
  EXPECT_EQ(Order(problem, {}).error().message, "run 3 needs an environment that does not exist");
  problem = RandomProblem({}, 1);
  problem.precedences = {{{0}, {1}}, {{1}, {0}}};
  EXPECT_EQ(Order(problem, {}).error().message, "runs come after each other in a circle");
  problem = RandomProblem({}, 1);
  problem.lanes.memory = 1;
  EXPECT_EQ(Order(problem, {}).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace ctestbed

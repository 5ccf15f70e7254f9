#include "plan/order/order_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/order/random_problem_test.h"

namespace ctestbed {
namespace {

std::vector<RandomProblemRules> AllRules() {
  std::vector<RandomProblemRules> rules;
  for (const int environments : {1, 4, 12, 40}) {
    for (const bool demanding : {false, true}) {
      for (const bool dependent : {false, true}) {
        for (const int lanes : {0, 1, 3}) {
          rules.push_back({.environments = environments,
                           .demanding = demanding,
                           .dependent = dependent,
                           .precedence = environments > 1 && lanes != 1,
                           .lanes = lanes});
        }
      }
    }
  }
  return rules;
}

struct Made {
  OrderProblem problem;
  OrderedPlan plan;
};

std::vector<Made> ManyPlans(int seeds) {
  std::vector<Made> plans;
  for (const RandomProblemRules& rules : AllRules()) {
    for (int seed = 0; seed < seeds; ++seed) {
      Made made{RandomProblem(rules, static_cast<uint64_t>(seed)), {}};
      if (seed % 3 == 2) made.problem.objective = OrderObjective::kCriticalPath;
      const auto plan = Order(made.problem, {.iterations = 200, .bound_steps = 50});
      EXPECT_TRUE(plan) << plan.error().message;
      made.plan = *plan;
      plans.push_back(std::move(made));
    }
  }
  return plans;
}

OrderedLane& AnyLane(OrderedPlan& plan, PlanRandom& random) {
  return plan.lanes[static_cast<size_t>(random.Below(static_cast<int>(plan.lanes.size())))];
}

OrderedVisit& AnyVisit(OrderedPlan& plan, PlanRandom& random) {
  auto& visits = AnyLane(plan, random).visits;
  return visits[static_cast<size_t>(random.Below(static_cast<int>(visits.size())))];
}

// Spoils `plan` in one place; false if this way there is nothing to spoil.
bool Mutate(const OrderProblem& problem, OrderedPlan& plan, PlanRandom& random) {
  const Duration wrong{1 + random.Below(50)};
  OrderedVisit& visit = AnyVisit(plan, random);
  OrderedLane& lane = AnyLane(plan, random);
  switch (random.Below(12)) {
    case 0:
      visit.change += wrong;
      return true;
    case 1:
      lane.change -= wrong;
      return true;
    case 2:
      lane.removal += wrong;
      return true;
    case 3:
      lane.end += wrong;
      return true;
    case 4:
      plan.change -= wrong;
      return true;
    case 5:
      plan.makespan += wrong;
      return true;
    case 6:
      visit.runs.pop_back();
      return true;
    case 7:
      visit.runs.push_back(visit.runs.front());
      return true;
    case 8:
      visit.runs.front() = static_cast<int>(problem.runs.size());
      return true;
    case 9: {
      OrderedVisit& other = AnyVisit(plan, random);
      if (problem.environments[static_cast<size_t>(other.environment)] ==
          problem.environments[static_cast<size_t>(visit.environment)]) {
        return false;
      }
      std::swap(visit.runs.front(), other.runs.front());
      return true;
    }
    case 10:
      lane.visits.pop_back();
      return true;
    default:
      plan.change_bound = plan.change + wrong;
      return true;
  }
}

TEST(OrderCheck, AcceptsEveryPlan) {
  for (const Made& made : ManyPlans(6)) EXPECT_EQ(FirstViolation(made.problem, made.plan), "");
}

TEST(OrderCheck, RejectsEverySpoiltPlan) {
  const std::vector<Made> plans = ManyPlans(3);
  PlanRandom random(1);
  int spoilt = 0;
  for (size_t i = 0; spoilt < 10'000; ++i) {
    const Made& made = plans[i % plans.size()];
    OrderedPlan plan = made.plan;
    if (!Mutate(made.problem, plan, random)) continue;
    ++spoilt;
    EXPECT_NE(FirstViolation(made.problem, plan), "");
  }
}

TEST(OrderCheck, SaysWhatIsWrong) {
  OrderProblem problem = RandomProblem({.environments = 6}, 4);
  OrderedPlan plan = *Order(problem, {});
  problem.precedences = {{{plan.lanes[0].visits[1].runs[0]}, {plan.lanes[0].visits[0].runs[0]}}};
  EXPECT_THAT(FirstViolation(problem, plan), testing::HasSubstr("does not come before"));
  problem.precedences.clear();
  problem.lanes.memory = 1;
  EXPECT_THAT(FirstViolation(problem, plan), testing::HasSubstr("memory of 1"));
  problem.lanes.memory = 0;
  problem.runs[static_cast<size_t>(plan.lanes[0].visits[0].runs[0])].exclusive = true;
  problem.runs.push_back(problem.runs[0]);
  EXPECT_NE(FirstViolation(problem, plan), "");
}

}  // namespace
}  // namespace ctestbed

// Small problems of every kind, for tests.
#pragma once

#include "plan/order/order_problem.h"
#include "plan/plan_random.h"

namespace ctestbed {

struct RandomProblemRules {
  int environments = 10;
  int slots = 5;
  int states = 3;           // besides absent
  bool demanding = false;   // fresh, dirty and exclusive runs, resets
  bool dependent = false;   // slots that follow and wait for each other
  bool precedence = false;  // some runs come after others
  int lanes = 1;
};

inline SlotState RandomState(const RandomProblemRules& rules, int slot, PlanRandom& random) {
  SlotState state{.start = Duration{1 + random.Below(5000)}, .stop = Duration{random.Below(900)}};
  if (rules.demanding && random.Below(3) == 0) state.reset = Duration{random.Below(300)};
  if (rules.dependent && slot > 0) {
    if (random.Below(4) == 0) state.follows.push_back(random.Below(rules.slots));
    if (random.Below(3) == 0) state.waits_for.push_back(random.Below(slot));
  }
  return state;
}

inline SlotSet RandomSet(const RandomProblemRules& rules, PlanRandom& random) {
  if (!rules.demanding || random.Below(4) != 0) return {};
  const bool restart = random.Below(2) == 0;
  if (random.Below(2) == 0) return {.all = true, .slots = {}, .restart = restart};
  return {.all = false, .slots = {random.Below(rules.slots)}, .restart = restart};
}

// Precedences are between earlier and later runs, so never in a circle.
inline void AddPrecedences(OrderProblem& problem, PlanRandom& random) {
  const auto runs = static_cast<int>(problem.runs.size());
  for (int i = 0; i < 3; ++i) {
    const int border = 1 + random.Below(runs - 1);
    Precedence& precedence = problem.precedences.emplace_back();
    for (int n = 0; n < 3; ++n) {
      precedence.before.push_back(random.Below(border));
      precedence.after.push_back(border + random.Below(runs - border));
    }
  }
}

inline OrderProblem RandomProblem(const RandomProblemRules& rules, uint64_t seed) {
  PlanRandom random(seed);
  OrderProblem problem;
  for (int slot = 0; slot < rules.slots; ++slot) {
    auto& states = problem.slots.emplace_back(Slot{{SlotState{}}}).states;
    for (int i = 0; i < rules.states; ++i) states.push_back(RandomState(rules, slot, random));
  }
  for (int i = 0; i < rules.environments; ++i) {
    SlotStates& row = problem.environments.emplace_back();
    for (int slot = 0; slot < rules.slots; ++slot) {
      row.push_back(static_cast<uint16_t>(random.Below(rules.states + 1)));
    }
    problem.footprints.push_back({1 + random.Below(4), 1});
  }
  for (int i = 0; i < 2 * rules.environments; ++i) {
    OrderRun& run = problem.runs.emplace_back();
    run.environment = random.Below(rules.environments);
    run.time = Duration{random.Below(10'000)};
    run.fresh = RandomSet(rules, random);
    run.dirties = RandomSet(rules, random);
    run.exclusive = rules.demanding && random.Below(10) == 0;
  }
  if (rules.precedence) AddPrecedences(problem, random);
  problem.lanes.count = rules.lanes;
  return problem;
}

}  // namespace ctestbed

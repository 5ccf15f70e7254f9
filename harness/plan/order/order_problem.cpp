#include "plan/order/order_problem.h"

#include <fmt/format.h>

#include <algorithm>

namespace ctestbed {
namespace {

template <typename... Arguments>
tl::unexpected<Error> Invalid(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  return Fail(ErrorKind::kInvalid, fmt::format(format, std::forward<Arguments>(arguments)...));
}

bool AllBelow(const std::vector<int>& indices, size_t size) {
  return std::all_of(indices.begin(), indices.end(),
                     [size](int index) { return index >= 0 && static_cast<size_t>(index) < size; });
}

Status CheckSlots(const OrderProblem& problem) {
  for (size_t slot = 0; slot < problem.slots.size(); ++slot) {
    const auto& states = problem.slots[slot].states;
    if (states.empty() || states[0] != SlotState{} || states.size() > UINT16_MAX) {
      return Invalid("slot {} has no state 0 that is absent, or too many states", slot);
    }
    for (const SlotState& state : states) {
      if (state.start < Duration{0} || state.stop < Duration{0} ||
          state.reset.value_or(Duration{0}) < Duration{0}) {
        return Invalid("slot {} has a negative cost", slot);
      }
      if (!AllBelow(state.follows, problem.slots.size()) ||
          !AllBelow(state.waits_for, problem.slots.size())) {
        return Invalid("slot {} depends on a slot that does not exist", slot);
      }
    }
  }
  return {};
}

// Whether taking away, again and again, what nothing points to leaves nothing.
bool IsAcyclic(const std::vector<std::vector<int>>& edges) {
  std::vector<int> incoming(edges.size());
  for (const auto& targets : edges) {
    for (const int target : targets) ++incoming[static_cast<size_t>(target)];
  }
  std::vector<size_t> free;
  for (size_t i = 0; i < edges.size(); ++i) {
    if (incoming[i] == 0) free.push_back(i);
  }
  for (size_t i = 0; i < free.size(); ++i) {
    for (const int target : edges[free[i]]) {
      if (--incoming[static_cast<size_t>(target)] == 0) free.push_back(static_cast<size_t>(target));
    }
  }
  return free.size() == edges.size();
}

Status CheckEnvironments(const OrderProblem& problem) {
  const size_t slots = problem.slots.size();
  const bool waits = std::any_of(problem.slots.begin(), problem.slots.end(), [](const Slot& slot) {
    return std::any_of(slot.states.begin(), slot.states.end(),
                       [](const SlotState& state) { return !state.waits_for.empty(); });
  });
  for (size_t i = 0; i < problem.environments.size(); ++i) {
    const SlotStates& environment = problem.environments[i];
    if (environment.size() != slots) return Invalid("environment {} has no state per slot", i);
    Duration cost{0};
    std::vector<std::vector<int>> edges(waits ? slots : 0);
    for (size_t slot = 0; slot < slots; ++slot) {
      if (environment[slot] >= problem.slots[slot].states.size()) {
        return Invalid("environment {} has an unknown state in slot {}", i, slot);
      }
      const SlotState& state = problem.slots[slot].states[environment[slot]];
      cost +=
          std::min(state.start, kMostEnvironmentCost) + std::min(state.stop, kMostEnvironmentCost);
      if (waits) edges[slot] = state.waits_for;
    }
    if (cost > kMostEnvironmentCost) return Invalid("environment {} costs too much", i);
    if (!IsAcyclic(edges)) return Invalid("slots of environment {} wait in a circle", i);
  }
  return {};
}

Status CheckRuns(const OrderProblem& problem) {
  for (size_t i = 0; i < problem.runs.size(); ++i) {
    const OrderRun& run = problem.runs[i];
    if (run.environment < 0 || run.environment >= std::ssize(problem.environments)) {
      return Invalid("run {} needs an environment that does not exist", i);
    }
    if (run.time < Duration{0}) return Invalid("run {} takes a negative time", i);
    if (!AllBelow(run.fresh.slots, problem.slots.size()) ||
        !AllBelow(run.dirties.slots, problem.slots.size())) {
      return Invalid("run {} names a slot that does not exist", i);
    }
  }
  if (problem.precedences.empty()) return {};
  // Precedences as nodes between their runs, so that large groups stay cheap.
  const size_t runs = problem.runs.size();
  std::vector<std::vector<int>> edges(runs + problem.precedences.size());
  for (size_t i = 0; i < problem.precedences.size(); ++i) {
    const Precedence& precedence = problem.precedences[i];
    if (!AllBelow(precedence.before, runs) || !AllBelow(precedence.after, runs)) {
      return Invalid("precedence {} names a run that does not exist", i);
    }
    for (const int run : precedence.before) {
      edges[static_cast<size_t>(run)].push_back(static_cast<int>(runs + i));
    }
    edges[runs + i] = precedence.after;
  }
  if (!IsAcyclic(edges)) return Invalid("runs come after each other in a circle");
  return {};
}

Status CheckLanes(const OrderProblem& problem) {
  const LaneRules& lanes = problem.lanes;
  if (lanes.count < 0 || lanes.count > kMostOrderedLanes || lanes.alive < 0 || lanes.memory < 0 ||
      lanes.cpus < 0 || lanes.start_up < Duration{0}) {
    return Invalid("lanes have a number out of range");
  }
  const auto& footprints = problem.footprints;
  if (!footprints.empty() && footprints.size() != problem.environments.size()) {
    return Invalid("{} footprints for {} environments", footprints.size(),
                   problem.environments.size());
  }
  for (size_t i = 0; i < footprints.size(); ++i) {
    if ((lanes.memory > 0 && footprints[i].memory > lanes.memory) ||
        (lanes.cpus > 0 && footprints[i].cpus > lanes.cpus)) {
      return Invalid("environment {} exceeds the capacity", i);
    }
  }
  return {};
}

}  // namespace

Status CheckProblem(const OrderProblem& problem) {
  TRY_DO(CheckSlots(problem));
  TRY_DO(CheckEnvironments(problem));
  TRY_DO(CheckRuns(problem));
  return CheckLanes(problem);
}

}  // namespace ctestbed

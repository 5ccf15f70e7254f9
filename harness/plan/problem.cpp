#include "plan/problem.h"

#include <map>

namespace ctestbed {
namespace {

Footprint FootprintOf(const Topology& topology) {
  Footprint footprint;
  for (const Node& node : topology.nodes) {
    const Resources& resources = node.container.resources;
    footprint.memory += node.replicas * resources.memory.value_or(0);
    footprint.cpus += node.replicas * static_cast<std::int64_t>(resources.cpus.value_or(0));
  }
  return footprint;
}

class Builder {
 public:
  Builder(const PlanInput& input, const PlanSettings& settings)
      : input_(input), settings_(settings) {
    for (const Suite& suite : input.suites) suites_[suite.name.value] = &suite;
  }

  OrderProblem Build(const std::vector<ExpandedRun>& runs) {
    AddSlots(runs);
    for (const ExpandedRun& expanded : runs) {
      OrderRun& run = problem_.runs.emplace_back();
      run.environment = EnvironmentOf(expanded);
      run.time = settings_.estimates.Of(expanded.run).duration;
      run.fresh = RenewedBy(expanded);
      for (const Located<std::string>& node : suites_.at(expanded.run.suite)->dirties) {
        const auto slot = slots_.find(node.value);
        if (slot != slots_.end()) run.dirties.slots.push_back(slot->second);
      }
    }
    AddPrecedences(runs);
    problem_.lanes.count = settings_.lanes;
    problem_.lanes.alive = settings_.most_lanes;
    problem_.lanes.start_up = settings_.lane_start;
    problem_.lanes.memory = settings_.memory;
    problem_.lanes.cpus = settings_.cpus;
    return std::move(problem_);
  }

 private:
  // Slot 0 is for what differs between environments besides their nodes.
  void AddSlots(const std::vector<ExpandedRun>& runs) {
    problem_.slots.push_back({{SlotState{}}});
    for (const ExpandedRun& expanded : runs) {
      for (const Node& node : expanded.topology->nodes) {
        const auto [slot, is_new] =
            slots_.try_emplace(node.name, static_cast<int>(problem_.slots.size()));
        if (is_new) problem_.slots.push_back({{SlotState{}}});
      }
    }
    states_.resize(problem_.slots.size());
  }

  int EnvironmentOf(const ExpandedRun& expanded) {
    const auto [known, is_new] = environments_.try_emplace(
        expanded.environment, static_cast<int>(problem_.environments.size()));
    if (!is_new) return known->second;
    SlotStates states(problem_.slots.size(), 0);
    for (const Node& node : expanded.topology->nodes) {
      const int slot = slots_.at(node.name);
      states[static_cast<size_t>(slot)] = StateOf(slot, node, expanded.preset);
    }
    const int same = alike_[states]++;
    std::vector<SlotState>& others = problem_.slots.front().states;
    if (static_cast<size_t>(same) >= others.size()) others.emplace_back();
    states.front() = static_cast<uint16_t>(same);
    problem_.environments.push_back(std::move(states));
    problem_.footprints.push_back(FootprintOf(*expanded.topology));
    return known->second;
  }

  // What it wants new.
  SlotSet RenewedBy(const ExpandedRun& expanded) const {
    if (expanded.renewal == Renewal::kNone) return {};
    if (expanded.renewal == Renewal::kRestart) return {.all = true, .slots = {}, .restart = true};
    SlotSet renewed;
    const std::set<std::string> restarted = RestartedByReset(*expanded.topology);
    for (const Node& node : expanded.topology->nodes) {
      if (node.reset || restarted.contains(node.name)) {
        renewed.slots.push_back(slots_.at(node.name));
      }
    }
    return renewed;
  }

  uint16_t StateOf(int slot, const Node& node, const std::string& preset) {
    std::vector<SlotState>& states = problem_.slots[static_cast<size_t>(slot)].states;
    const std::string digest = DigestOf(node);
    const auto [known, is_new] = states_[static_cast<size_t>(slot)].try_emplace(
        digest, static_cast<uint16_t>(states.size()));
    if (!is_new) return known->second;
    const NodeEstimate estimate = settings_.estimates.Of(digest, preset, node.name);
    SlotState& state = states.emplace_back();
    state.start = estimate.start;
    state.stop = estimate.stop;
    if (node.reset) state.reset = estimate.reset;
    if (node.kind != NodeKind::kJob) return known->second;
    for (const auto& [name, wanted] : node.depends_on) {
      const auto other = slots_.find(name);
      if (other != slots_.end()) state.follows.push_back(other->second);
    }
    return known->second;
  }

  void AddPrecedences(const std::vector<ExpandedRun>& runs) {
    std::map<std::string, std::vector<int>> of_suite;
    for (size_t i = 0; i < runs.size(); ++i) {
      of_suite[runs[i].run.suite].push_back(static_cast<int>(i));
    }
    for (const Suite& suite : input_.suites) {
      const auto after = of_suite.find(suite.name.value);
      if (after == of_suite.end()) continue;
      for (const Located<std::string>& name : suite.after) {
        const auto before = of_suite.find(name.value);
        if (before == of_suite.end()) continue;
        problem_.precedences.push_back({before->second, after->second});
      }
    }
  }

  const PlanInput& input_;
  const PlanSettings& settings_;
  OrderProblem problem_;
  std::map<std::string, const Suite*> suites_;
  std::map<std::string, int> slots_;
  std::vector<std::map<std::string, uint16_t>> states_;  // by digest, of each slot
  std::map<std::string, int> environments_;              // by digest
  std::map<SlotStates, int> alike_;
};

}  // namespace

OrderProblem ProblemOf(const std::vector<ExpandedRun>& runs, const PlanInput& input,
                       const PlanSettings& settings) {
  return Builder(input, settings).Build(runs);
}

}  // namespace ctestbed

#include "plan/cost.h"

#include <algorithm>
#include <map>

namespace ctestbed {
namespace {

bool Starts(const Change& change) {
  return change.action == ChangeAction::kStart || change.action == ChangeAction::kRestart;
}

bool Stops(const Change& change) {
  return change.action == ChangeAction::kStop || change.action == ChangeAction::kRestart;
}

int StartsIn(const std::vector<Change>& changes) {
  return static_cast<int>(std::count_if(changes.begin(), changes.end(), Starts));
}

Duration StartAndStop(const Node& node, const std::string& preset, const Estimates& estimates) {
  const NodeEstimate estimate = estimates.Of(node, preset);
  return estimate.start + estimate.stop;
}

// What `change` takes before the environment comes that `node` is in.
Duration ArrivalOf(const Change& change, const Node& node, const Batch& batch,
                   const Estimates& estimates) {
  if (change.action == ChangeAction::kReset) return estimates.Of(node, batch.preset).reset;
  return Starts(change) ? estimates.Of(node, batch.preset).start : Duration{0};
}

// Of what leads from `from` to `to`; null is nothing.
Duration CostOf(const std::vector<Change>& changes, const Batch* from, const Batch* to,
                const Estimates& estimates) {
  Duration cost{0};
  for (const Change& change : changes) {
    if (Stops(change)) {
      cost += estimates.Of(*from->topology.Find(change.node), from->preset).stop;
    }
    if (to == nullptr) continue;
    if (const Node* node = to->topology.Find(change.node)) {
      cost += ArrivalOf(change, *node, *to, estimates);
    }
  }
  return cost;
}

// The longest chain of the nodes of `topology` that take `time`, along what they depend on. Null is
// nothing.
template <typename Time>
Duration LongestChain(const Topology* topology, const Time& time) {
  std::map<std::string, Duration> ends;
  Duration longest{0};
  if (topology == nullptr) return longest;
  for (const std::string& name : StartOrder(*topology)) {
    const Node& node = *topology->Find(name);
    Duration begin{0};
    for (const auto& [needed, state] : node.depends_on) begin = std::max(begin, ends[needed]);
    ends[name] = begin + time(node);
    longest = std::max(longest, ends[name]);
  }
  return longest;
}

// How long the step takes when nodes that do not wait for each other stop and start at once.
Duration WallOf(const std::vector<Change>& changes, const Batch* from, const Batch* to,
                const Estimates& estimates) {
  std::map<std::string, const Change*> by_node;
  for (const Change& change : changes) by_node[change.node] = &change;
  const Duration stopping =
      LongestChain(from == nullptr ? nullptr : &from->topology, [&](const Node& node) {
        return Stops(*by_node.at(node.name)) ? estimates.Of(node, from->preset).stop : Duration{0};
      });
  const Duration starting = LongestChain(
      to == nullptr ? nullptr : &to->topology,
      [&](const Node& node) { return ArrivalOf(*by_node.at(node.name), node, *to, estimates); });
  return stopping + starting;
}

// What it takes to start and stop every distinct node as often as any order must.
Duration LeastOf(const std::vector<Lane>& lanes, const Estimates& estimates) {
  struct Needed {
    Duration once{0};
    int restarts = 0;
  };
  std::map<std::string, Needed> nodes;
  for (const Lane& lane : lanes) {
    for (const Batch& batch : lane.batches) {
      const std::set<std::string> restarted = batch.renewal == Renewal::kReset
                                                  ? RestartedByReset(batch.topology)
                                                  : std::set<std::string>{};
      for (const Node& node : batch.topology.nodes) {
        Needed& needed = nodes[DigestOf(node)];
        needed.once = StartAndStop(node, batch.preset, estimates);
        const bool restarts = batch.renewal == Renewal::kRestart ||
                              (batch.renewal == Renewal::kReset && restarted.contains(node.name));
        needed.restarts += restarts ? 1 : 0;
      }
    }
  }
  Duration least{0};
  for (const auto& [digest, needed] : nodes) least += std::max(needed.restarts, 1) * needed.once;
  return least;
}

std::vector<Change> ChangesOf(const Batch* from, const Batch* to) {
  const Topology nothing;
  std::vector<Change> changes = ChangesBetween(from == nullptr ? nothing : from->topology,
                                               to == nullptr ? nothing : to->topology);
  if (to == nullptr) return changes;
  Renew(changes, to->topology, to->renewal, "the suite wants it as new");
  for (Change& change : changes) {
    const Node* node = to->topology.Find(change.node);
    if (node != nullptr && from != nullptr && from->dirties.contains(change.node)) {
      Renew(change, *node, "the suite before left it unfit");
    }
  }
  RunJobsAgain(changes, to->topology);
  return changes;
}

}  // namespace

void FillChanges(std::vector<Batch>& batches, const Estimates& estimates) {
  const Batch* before = nullptr;
  for (Batch& batch : batches) {
    batch.changes = ChangesOf(before, &batch);
    batch.cost = CostOf(batch.changes, before, &batch, estimates);
    before = &batch;
  }
}

Duration CostOfStep(const Batch* from, const Batch* to, const Estimates& estimates) {
  return CostOf(ChangesOf(from, to), from, to, estimates);
}

PlanCost CostOf(const std::vector<Lane>& lanes, const Estimates& estimates) {
  PlanCost cost;
  for (const Lane& lane : lanes) {
    Duration end{0};
    const Batch* before = nullptr;
    for (const Batch& batch : lane.batches) {
      cost.planned += batch.cost;
      end += WallOf(batch.changes, before, &batch, estimates);
      before = &batch;
      cost.node_starts_planned += StartsIn(batch.changes);
      const auto runs = static_cast<int>(batch.runs.size());
      cost.node_starts_naive += static_cast<int>(batch.topology.nodes.size()) * runs;
      for (const Node& node : batch.topology.nodes) {
        cost.naive += runs * StartAndStop(node, batch.preset, estimates);
      }
      for (const Run& run : batch.runs) end += estimates.Of(run).duration;
    }
    if (before != nullptr) {
      cost.planned += CostOfStep(before, nullptr, estimates);
      end += WallOf(ChangesOf(before, nullptr), before, nullptr, estimates);
    }
    cost.makespan = std::max(cost.makespan, end);
  }
  cost.lower_bound = LeastOf(lanes, estimates);
  return cost;
}

}  // namespace ctestbed

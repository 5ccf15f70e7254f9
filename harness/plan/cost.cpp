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

// Of what leads from `from` to `to`; null is nothing.
Duration CostOf(const std::vector<Change>& changes, const Batch* from, const Batch* to,
                const Estimates& estimates) {
  Duration cost{0};
  for (const Change& change : changes) {
    if (Stops(change)) {
      cost += estimates.Of(*from->topology.Find(change.node), from->preset).stop;
    }
    if (Starts(change)) cost += estimates.Of(*to->topology.Find(change.node), to->preset).start;
  }
  return cost;
}

// What it takes to start and stop every distinct node as often as any order must.
Duration LeastOf(const std::vector<Lane>& lanes, const Estimates& estimates) {
  struct Needed {
    Duration once{0};
    int fresh = 0;
  };
  std::map<std::string, Needed> nodes;
  for (const Lane& lane : lanes) {
    for (const Batch& batch : lane.batches) {
      for (const Node& node : batch.topology.nodes) {
        Needed& needed = nodes[DigestOf(node)];
        needed.once = StartAndStop(node, batch.preset, estimates);
        needed.fresh += batch.fresh ? 1 : 0;
      }
    }
  }
  Duration least{0};
  for (const auto& [digest, needed] : nodes) least += std::max(needed.fresh, 1) * needed.once;
  return least;
}

void Restart(Change& change, std::string why) {
  if (change.action == ChangeAction::kKeep) {
    change = {change.node, ChangeAction::kRestart, std::move(why)};
  }
}

std::vector<Change> ChangesOf(const Batch* from, const Batch* to) {
  const Topology nothing;
  std::vector<Change> changes = ChangesBetween(from == nullptr ? nothing : from->topology,
                                               to == nullptr ? nothing : to->topology);
  if (to == nullptr) return changes;
  for (Change& change : changes) {
    if (to->fresh) Restart(change, "the suite wants it fresh");
    if (from != nullptr && from->dirties.contains(change.node)) {
      Restart(change, "the suite before left it unfit");
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
    for (const Batch& batch : lane.batches) {
      cost.planned += batch.cost;
      end += batch.cost;
      cost.node_starts_planned += StartsIn(batch.changes);
      const auto runs = static_cast<int>(batch.runs.size());
      cost.node_starts_naive += static_cast<int>(batch.topology.nodes.size()) * runs;
      for (const Node& node : batch.topology.nodes) {
        cost.naive += runs * StartAndStop(node, batch.preset, estimates);
      }
      for (const Run& run : batch.runs) end += estimates.Of(run).duration;
    }
    if (!lane.batches.empty()) {
      const Duration removal = CostOfStep(&lane.batches.back(), nullptr, estimates);
      cost.planned += removal;
      end += removal;
    }
    cost.makespan = std::max(cost.makespan, end);
  }
  cost.lower_bound = LeastOf(lanes, estimates);
  return cost;
}

}  // namespace ctestbed

#include "plan/cost.h"

#include <algorithm>
#include <map>

namespace ctestbed {
namespace {

int StartsIn(const std::vector<Change>& changes) {
  return static_cast<int>(std::count_if(changes.begin(), changes.end(), [](const Change& change) {
    return change.action == ChangeAction::kStart || change.action == ChangeAction::kRestart;
  }));
}

// How often each distinct node must be started whatever the order.
std::map<std::string, int> LeastStarts(const std::vector<Lane>& lanes) {
  std::map<std::string, int> fresh;
  for (const Lane& lane : lanes) {
    for (const Batch& batch : lane.batches) {
      for (const Node& node : batch.topology.nodes) fresh[DigestOf(node)] += batch.fresh ? 1 : 0;
    }
  }
  for (auto& [digest, starts] : fresh) starts = std::max(starts, 1);
  return fresh;
}

}  // namespace

Duration CostOf(const std::vector<Change>& changes) {
  Duration cost{0};
  for (const Change& change : changes) {
    const bool starts =
        change.action == ChangeAction::kStart || change.action == ChangeAction::kRestart;
    const bool stops =
        change.action == ChangeAction::kStop || change.action == ChangeAction::kRestart;
    cost += (starts ? kStartCost : Duration{0}) + (stops ? kStopCost : Duration{0});
  }
  return cost;
}

PlanCost CostOf(const std::vector<Lane>& lanes) {
  PlanCost cost;
  for (const Lane& lane : lanes) {
    for (const Batch& batch : lane.batches) {
      cost.planned += batch.cost;
      cost.node_starts_planned += StartsIn(batch.changes);
      cost.node_starts_naive += static_cast<int>(batch.topology.nodes.size() * batch.runs.size());
    }
    if (!lane.batches.empty()) {
      cost.planned += CostOf(ChangesBetween(lane.batches.back().topology, Topology{}));
    }
  }
  cost.naive = cost.node_starts_naive * (kStartCost + kStopCost);
  for (const auto& [digest, starts] : LeastStarts(lanes)) {
    cost.lower_bound += starts * (kStartCost + kStopCost);
  }
  return cost;
}

}  // namespace ctestbed

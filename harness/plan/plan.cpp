#include "plan/plan.h"

#include <algorithm>

#include "plan/cost.h"
#include "plan/expand.h"
#include "plan/order.h"

namespace ctestbed {
namespace {

// Runs that can share an environment together, in order of first appearance.
std::vector<Batch> Group(std::vector<ExpandedRun> runs) {
  std::vector<Batch> batches;
  for (ExpandedRun& expanded : runs) {
    const auto batch = std::find_if(batches.begin(), batches.end(), [&](const Batch& candidate) {
      return !expanded.fresh && !candidate.fresh && candidate.environment == expanded.environment;
    });
    if (batch != batches.end()) {
      batch->runs.push_back(std::move(expanded.run));
      continue;
    }
    batches.push_back({.preset = expanded.run.preset,
                       .cell = expanded.run.cell,
                       .topology = std::move(expanded.topology),
                       .environment = std::move(expanded.environment),
                       .fresh = expanded.fresh,
                       .runs = {expanded.run},
                       .changes = {}});
  }
  return batches;
}

std::vector<Batch> InOrder(std::vector<Batch> batches, const std::vector<size_t>& order) {
  std::vector<Batch> ordered;
  for (const size_t index : order) ordered.push_back(std::move(batches[index]));
  return ordered;
}

void FillChanges(std::vector<Batch>& batches) {
  Topology current;
  for (Batch& batch : batches) {
    batch.changes = ChangesBetween(current, batch.topology);
    for (Change& change : batch.changes) {
      if (batch.fresh && change.action == ChangeAction::kKeep) {
        change = {change.node, ChangeAction::kRestart, "the suite wants it fresh"};
      }
    }
    batch.cost = CostOf(batch.changes);
    current = batch.topology;
  }
}

}  // namespace

Result<Plan> MakePlan(const PlanInput& input, const Selection& selection) {
  TRY(std::vector<ExpandedRun> runs, Expand(input, selection));
  std::vector<Batch> batches = Group(std::move(runs));
  const std::vector<size_t> order = DeclaredOrder(batches);
  batches = InOrder(std::move(batches), order);
  FillChanges(batches);
  Plan plan;
  plan.cost = CostOf(batches);
  plan.lanes.push_back({std::move(batches)});
  return plan;
}

}  // namespace ctestbed

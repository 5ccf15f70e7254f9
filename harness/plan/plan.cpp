#include "plan/plan.h"

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
#include <set>

#include "plan/cost.h"
#include "plan/expand.h"
#include "plan/lanes.h"
#include "plan/order.h"

namespace ctestbed {
namespace {

Batch BatchOf(ExpandedRun expanded) {
  return {.preset = expanded.run.preset,
          .cell = expanded.run.cell,
          .topology = *expanded.topology,
          .environment = std::move(expanded.environment),
          .fresh = expanded.fresh,
          .runs = {expanded.run},
          .changes = {}};
}

// Puts runs that can share an environment together, in order of first appearance; no run of a suite
// comes before one of a suite that it is declared to come after. An environment that is needed on
// both sides of such a border gets a batch on each.
class Grouping {
 public:
  Grouping(std::vector<ExpandedRun> runs, const std::vector<Suite>& suites)
      : waiting_(std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end())) {
    for (const ExpandedRun& expanded : waiting_) ++left_[expanded.run.suite];
    for (const Suite& suite : suites) {
      for (const auto& name : suite.after) after_[suite.name.value].insert(name.value);
    }
  }

  std::vector<Batch> Group() {
    std::vector<Batch> batches;
    while (!waiting_.empty()) {
      auto next = std::find_if(waiting_.begin(), waiting_.end(),
                               [&](const ExpandedRun& expanded) { return IsReady(expanded); });
      if (next == waiting_.end()) next = waiting_.begin();  // a circle, which no sound suite makes
      batches.push_back(BatchOf(Take(next)));
      while (!batches.back().fresh && Join(batches.back())) {
      }
    }
    return batches;
  }

 private:
  using Runs = std::list<ExpandedRun>;

  bool IsReady(const ExpandedRun& expanded) const {
    const auto after = after_.find(expanded.run.suite);
    return after == after_.end() ||
           std::none_of(after->second.begin(), after->second.end(),
                        [&](const std::string& suite) { return left_.contains(suite); });
  }

  ExpandedRun Take(Runs::iterator at) {
    ExpandedRun taken = std::move(*at);
    waiting_.erase(at);
    if (--left_[taken.run.suite] == 0) left_.erase(taken.run.suite);
    return taken;
  }

  // Adds what can share the batch now; whether there was any, which may have let others in.
  bool Join(Batch& batch) {
    bool joined = false;
    for (auto at = waiting_.begin(); at != waiting_.end();) {
      const auto here = at++;
      if (here->fresh || here->environment != batch.environment || !IsReady(*here)) continue;
      batch.runs.push_back(Take(here).run);
      joined = true;
    }
    return joined;
  }

  Runs waiting_;
  std::map<std::string, int> left_;  // runs of a suite that wait
  std::map<std::string, std::set<std::string>> after_;
};

std::vector<Batch> InOrder(std::vector<Batch> batches, const std::vector<size_t>& order) {
  std::vector<Batch> ordered;
  for (const size_t index : order) ordered.push_back(std::move(batches[index]));
  return ordered;
}

}  // namespace

Result<Plan> MakePlan(const PlanInput& input, const Selection& selection, int lanes) {
  TRY(std::vector<ExpandedRun> runs, Expand(input, selection));
  std::vector<Batch> batches = Grouping(std::move(runs), input.suites).Group();
  const std::vector<size_t> order = DeclaredOrder(batches);
  Plan plan{SpreadOverLanes(InOrder(std::move(batches), order), lanes), {}};
  TRY_DO(CheckLanes(plan.lanes));
  plan.cost = CostOf(plan.lanes);
  return plan;
}

}  // namespace ctestbed

#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "plan/cost.h"
#include "plan/expand.h"
#include "plan/fail_first.h"
#include "plan/lanes.h"
#include "plan/order/order.h"
#include "plan/problem.h"

namespace ctestbed {
namespace {

// A plan is made at every start of ctest: the search ends before anybody waits for it.
OrderOptions OptionsFor(const OrderProblem& problem, uint64_t seed) {
  const auto environments = std::max<int64_t>(std::ssize(problem.environments), 1);
  OrderOptions options;
  options.seed = seed;
  options.iterations = std::min<int64_t>(500 * environments, 100'000);
  options.bound_steps =
      static_cast<int>(std::clamp<int64_t>(20'000'000 / (environments * environments), 20, 1000));
  return options;
}

// An environment that asks for more than there is fits nowhere.
Status CheckCapacity(const std::vector<ExpandedRun>& runs, const OrderProblem& problem) {
  const LaneRules& rules = problem.lanes;
  for (size_t i = 0; i < runs.size(); ++i) {
    const auto& footprint = problem.footprints[static_cast<size_t>(problem.runs[i].environment)];
    const bool memory = rules.memory > 0 && footprint.memory > rules.memory;
    if (!memory && (rules.cpus == 0 || footprint.cpus <= rules.cpus)) continue;
    return Fail(ErrorKind::kInvalid,
                fmt::format("the environment of {} asks for more {} than all may have together",
                            RunName(runs[i].run), memory ? "memory" : "processors"),
                memory ? "raise --memory, or lower the node's resources: {memory: ...}"
                       : "raise --cpus, or lower the node's resources: {cpus: ...}");
  }
  return {};
}

class BatchMaker {
 public:
  BatchMaker(const std::vector<ExpandedRun>& runs, const OrderProblem& problem,
             const PlanInput& input)
      : runs_(runs), problem_(problem) {
    for (const Suite& suite : input.suites) {
      for (const Located<std::string>& node : suite.dirties) {
        dirties_[suite.name.value].insert(node.value);
      }
    }
  }

  Lane Make(const OrderedLane& ordered) const {
    Lane lane;
    for (const OrderedVisit& visit : ordered.visits) {
      bool open = false;
      for (const int index : visit.runs) {
        const ExpandedRun& expanded = runs_[static_cast<size_t>(index)];
        // Who wants it renewed has a batch alone: the next one takes what is left of it.
        const bool alone = expanded.renewal != Renewal::kNone;
        if (!open || alone) lane.batches.push_back(BatchOf(expanded));
        open = !alone;
        Batch& batch = lane.batches.back();
        batch.runs.push_back(expanded.run);
        if (!problem_.runs[static_cast<size_t>(index)].dirties.Empty()) {
          batch.dirties = dirties_.at(expanded.run.suite);
        }
      }
    }
    return lane;
  }

 private:
  static Batch BatchOf(const ExpandedRun& expanded) {
    return {.preset = expanded.preset,
            .cell = expanded.cell,
            .topology = *expanded.topology,
            .environment = expanded.environment,
            .renewal = expanded.renewal,
            .runs = {},
            .changes = {}};
  }

  const std::vector<ExpandedRun>& runs_;
  const OrderProblem& problem_;
  std::map<std::string, std::set<std::string>> dirties_;  // by suite
};

}  // namespace

Result<Plan> MakePlan(const PlanInput& input, const Selection& selection,
                      const PlanSettings& settings) {
  Plan plan;
  TRY(const Expansion expansion, Expand(input, selection, settings.estimates));
  const OrderProblem problem = ProblemOf(expansion.runs, input, settings);
  TRY_DO(CheckCapacity(expansion.runs, problem));
  TRY(const OrderedPlan ordered, Order(problem, OptionsFor(problem, settings.seed)));
  const BatchMaker maker(expansion.runs, problem, input);
  for (const OrderedLane& lane : ordered.lanes) {
    std::vector<Batch>& batches = plan.lanes.emplace_back(maker.Make(lane)).batches;
    if (settings.fail_first > 0) PutFailuresFirst(batches, input.suites, settings);
    FillChanges(batches, settings.estimates);
  }
  TRY_DO(CheckLanes(plan.lanes));
  plan.cost = CostOf(plan.lanes, settings.estimates);
  if (ordered.change_bound) {
    plan.cost.lower_bound = std::max(plan.cost.lower_bound, *ordered.change_bound);
  }
  plan.method = ordered.method;
  plan.coverage = expansion.coverage;
  return plan;
}

}  // namespace ctestbed

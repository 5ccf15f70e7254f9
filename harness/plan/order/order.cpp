#include "plan/order/order.h"

#include <algorithm>

#include "plan/order/best_tour.h"
#include "plan/order/rival_tours.h"
#include "plan/order/sorted_tour.h"
#include "plan/order/visits.h"

namespace ctestbed {
namespace {

struct NamedOrder {
  std::string name;
  std::vector<int> environments;
};

std::vector<NamedOrder> RivalOrders(const StepCosts& costs, const std::vector<int>& environments,
                                    int most) {
  const Distances distances(costs, environments);
  std::vector<NamedOrder> orders;
  const auto add = [&](std::string name, const std::vector<int>& tour) {
    NamedOrder& order = orders.emplace_back(NamedOrder{std::move(name), {}});
    for (const int vertex : tour) {
      if (vertex != 0) order.environments.push_back(distances.Environment(vertex));
    }
  };
  add("declared", DeclaredTour(distances));
  add("sorted", SortedTour(distances, AxesOf(distances)));
  if (static_cast<int>(environments.size()) > most) return orders;
  add("nearest", NearestTour(distances));
  add("pytest", PytestTour(distances));
  add("testresources", TestresourcesTour(distances));
  return orders;
}

class Ordering {
 public:
  Ordering(const OrderProblem& problem, const OrderOptions& options)
      : problem_(problem), options_(options), costs_(problem) {
    runs_of_.resize(problem.environments.size());
    for (RunGroup& group : GroupRuns(problem)) {
      environments_.push_back(group.environment);
      runs_of_[static_cast<size_t>(group.environment)] = std::move(group.runs);
    }
  }

  OrderedPlan Make() {
    OrderedPlan plan;
    const BestTour best = FindBestTour(costs_, environments_, options_);
    OrderedLane lane = LaneOf(costs_, Sequence(best.environments));
    plan.method = best.method;
    for (NamedOrder& rival : RivalOrders(costs_, environments_, options_.rivals_up_to)) {
      OrderedLane other = LaneOf(costs_, Sequence(rival.environments));
      plan.rivals.push_back({rival.name, other.change});
      if (other.change >= lane.change) continue;
      lane = std::move(other);
      plan.method = std::move(rival.name);
    }
    if (costs_.IsMetric()) plan.change_bound = Duration{(best.bound + 1) / 2};
    plan.change = lane.change;
    plan.makespan = lane.end;
    if (!lane.visits.empty()) plan.lanes.push_back(std::move(lane));
    return plan;
  }

 private:
  std::vector<OrderedVisit> Sequence(const std::vector<int>& environments) const {
    std::vector<OrderedVisit> visits;
    for (const int environment : environments) {
      for (OrderedVisit& visit :
           VisitsOf(problem_, runs_of_[static_cast<size_t>(environment)], environment)) {
        visits.push_back(std::move(visit));
      }
    }
    return visits;
  }

  const OrderProblem& problem_;
  const OrderOptions& options_;
  StepCosts costs_;
  std::vector<int> environments_;
  std::vector<std::vector<int>> runs_of_;  // by environment
};

}  // namespace

Result<OrderedPlan> Order(const OrderProblem& problem, const OrderOptions& options) {
  TRY_DO(CheckProblem(problem));
  return Ordering(problem, options).Make();
}

}  // namespace ctestbed

#include "plan/order/order.h"

#include <algorithm>
#include <map>

#include "plan/order/best_tour.h"
#include "plan/order/lanes.h"
#include "plan/order/makespan_bound.h"
#include "plan/order/rival_tours.h"
#include "plan/order/sequence.h"
#include "plan/order/sorted_tour.h"
#include "plan/order/visits.h"

namespace ctestbed {
namespace {

struct RivalOrder {
  std::string name;
  std::vector<int> environments;
  int64_t length = 0;  // round trip
};

std::vector<RivalOrder> RivalOrders(const StepCosts& costs, const std::vector<int>& environments,
                                    int most) {
  const Distances distances(costs, environments);
  std::vector<RivalOrder> orders;
  const auto add = [&](std::string name, const std::vector<int>& tour) {
    RivalOrder& order =
        orders.emplace_back(RivalOrder{std::move(name), {}, distances.Length(tour)});
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
      : problem_(problem),
        options_(options),
        costs_(problem),
        groups_(GroupRuns(problem)),
        sequencer_(costs_, groups_),
        demanding_(HasDemands(problem)) {
    for (const RunGroup& group : groups_) environments_.push_back(group.environment);
  }

  OrderedPlan Make() {
    OrderedPlan plan;
    // In the order that memory has them: with very many, that takes half as long.
    std::vector<int> sorted = environments_;
    std::sort(sorted.begin(), sorted.end());
    const BestTour best = FindBestTour(costs_, sorted, options_);
    if (costs_.IsMetric()) plan.change_bound = Duration{(best.bound + 1) / 2};
    OrderedLane lane = BestLane(best, plan);
    const int most = MostLanes();
    if (problem_.lanes.count == 0) {
      plan.lanes = FreeLanes(lane.visits, most, plan.curve);
    } else if (most > 1) {
      plan.lanes = FittingLanes(lane.visits, most, Moves());
    } else if (!lane.visits.empty()) {
      plan.lanes.push_back(std::move(lane));
    }
    if (plan.lanes.size() > 1) Refine(plan.lanes);
    for (const OrderedLane& one : plan.lanes) plan.change += one.change;
    plan.makespan = MakespanOf(plan.lanes);
    plan.makespan_bound =
        MakespanBound(costs_, plan.change_bound, best.environments, most, options_.bound_steps);
    return plan;
  }

 private:
  // In one lane; notes rivals and the method in `plan`.
  OrderedLane BestLane(const BestTour& best, OrderedPlan& plan) const {
    OrderedLane lane = LaneOf(costs_, sequencer_.Sequence(best.environments));
    plan.method = best.method;
    const bool proven = costs_.IsMetric() && 2 * lane.change.count() <= best.bound;
    if (proven && std::ssize(environments_) > options_.rivals_up_to) return lane;
    for (RivalOrder& rival : RivalOrders(costs_, environments_, options_.rivals_up_to)) {
      // Without demands an order costs what its tour does, and visits need not be made.
      plan.rivals.push_back({rival.name, Duration{rival.length / 2}});
      // What was declared stays as it is where nothing is gained.
      const Duration least = rival.name == "declared" ? lane.change : lane.change - Duration{1};
      if (!demanding_ && plan.rivals.back().change > least) continue;
      OrderedLane other = LaneOf(costs_, sequencer_.Sequence(rival.environments));
      plan.rivals.back().change = other.change;
      if (other.change > least) continue;
      lane = std::move(other);
      plan.method = std::move(rival.name);
    }
    if (demanding_) {
      sequencer_.Improve(lane.visits, std::max(kLeastAttempts, options_.iterations));
      lane = LaneOf(costs_, std::move(lane.visits));
    }
    return lane;
  }

  int MostLanes() const {
    const LaneRules& rules = problem_.lanes;
    int most = rules.count == 0 ? kMostOrderedLanes : rules.count;
    if (rules.alive > 0) most = std::min(most, rules.alive);
    return std::clamp(static_cast<int>(problem_.runs.size()), 1, most);
  }

  int Moves() const {
    return static_cast<int>(std::min<int64_t>(10 + options_.iterations / 500, 1000));
  }

  std::vector<OrderedLane> FittingLanes(const std::vector<OrderedVisit>& visits, int count,
                                        int moves) const {
    std::vector<OrderedLane> lanes = SplitIntoLanes(costs_, visits, count, moves);
    while (count > 1 && !FitsCapacity(problem_, lanes)) {
      lanes = SplitIntoLanes(costs_, visits, --count, moves);
    }
    return lanes;
  }

  // As many lanes as pay: until the machine time grows faster than the makespan falls.
  std::vector<OrderedLane> FreeLanes(const std::vector<OrderedVisit>& visits, int most,
                                     std::vector<LaneChoice>& curve) const {
    int best = 1;
    double least = 0;
    for (int count = 1; count <= most; count += std::max(1, count / 2)) {
      const auto lanes = FittingLanes(visits, count, 0);
      curve.push_back({count, MakespanOf(lanes), MachineTimeOf(lanes)});
      const double product = Seconds(curve.back().makespan) * Seconds(curve.back().machine);
      if (count == 1 || product < least) {
        least = product;
        best = count;
      }
    }
    return FittingLanes(visits, best, Moves());
  }

  // Orders each lane for itself and evens out what that gains, as long as the makespan falls.
  void Refine(std::vector<OrderedLane>& lanes) const {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<OrderedLane> refined = lanes;
      for (OrderedLane& lane : refined) Reorder(lane);
      if (round + 1 < kRounds) refined = EvenOutLanes(costs_, refined, Moves());
      if (MakespanOf(refined) > MakespanOf(lanes) || !FitsCapacity(problem_, refined)) return;
      lanes = std::move(refined);
    }
  }

  // What a lane has got, in an order found for it alone.
  void Reorder(OrderedLane& lane) const {
    if (demanding_) return;
    std::map<SlotStates, size_t> known;
    std::vector<RunGroup> groups;
    std::vector<int> environments;
    for (const OrderedVisit& visit : lane.visits) {
      const auto& states = problem_.environments[static_cast<size_t>(visit.environment)];
      const auto [at, added] = known.emplace(states, groups.size());
      if (added) {
        groups.push_back({visit.environment, {}});
        environments.push_back(visit.environment);
      }
      auto& runs = groups[at->second].runs;
      runs.insert(runs.end(), visit.runs.begin(), visit.runs.end());
    }
    OrderOptions options = options_;
    options.bound_steps = 0;
    options.iterations = options.iterations * std::ssize(groups) / std::ssize(groups_);
    const BestTour best = FindBestTour(costs_, environments, options);
    OrderedLane other = LaneOf(costs_, Sequencer(costs_, groups).Sequence(best.environments));
    if (other.change < lane.change) lane = std::move(other);
  }

  static constexpr int64_t kLeastAttempts = 20'000;
  static constexpr int kRounds = 5;

  const OrderProblem& problem_;
  const OrderOptions& options_;
  StepCosts costs_;
  std::vector<RunGroup> groups_;
  std::vector<int> environments_;
  Sequencer sequencer_;
  bool demanding_;
};

}  // namespace

Result<OrderedPlan> Order(const OrderProblem& problem, const OrderOptions& options) {
  TRY_DO(CheckProblem(problem));
  return Ordering(problem, options).Make();
}

}  // namespace ctestbed

#include "plan/order/sequence.h"

#include <algorithm>
#include <set>

namespace ctestbed {
namespace {

// Which runs may begin, as others end.
class Readiness {
 public:
  explicit Readiness(const OrderProblem& problem)
      : problem_(problem), waits_(problem.runs.size()), ends_(problem.runs.size()) {
    for (size_t i = 0; i < problem.precedences.size(); ++i) {
      const auto& [before, after] = problem.precedences[i];
      const std::set<int> distinct(before.begin(), before.end());
      left_.push_back(distinct.size());
      for (const int run : distinct) ends_[static_cast<size_t>(run)].push_back(i);
      if (distinct.empty()) continue;
      for (const int run : after) ++waits_[static_cast<size_t>(run)];
    }
  }

  bool IsReady(int run) const { return waits_[static_cast<size_t>(run)] == 0; }
  void End(int run) {
    for (const size_t i : ends_[static_cast<size_t>(run)]) {
      if (--left_[i] > 0) continue;
      for (const int other : problem_.precedences[i].after) --waits_[static_cast<size_t>(other)];
    }
  }

 private:
  const OrderProblem& problem_;
  std::vector<int> waits_;  // precedences that hold a run back
  std::vector<std::vector<size_t>> ends_;
  std::vector<size_t> left_;
};

}  // namespace

bool HasDemands(const OrderProblem& problem) {
  return problem.objective != OrderObjective::kSerial || !problem.precedences.empty() ||
         std::any_of(problem.runs.begin(), problem.runs.end(), [](const OrderRun& run) {
           return !run.fresh.Empty() || !run.dirties.Empty();
         });
}

Sequencer::Sequencer(const StepCosts& costs, const std::vector<RunGroup>& groups)
    : costs_(costs),
      problem_(costs.problem()),
      groups_(groups),
      group_of_(problem_.environments.size(), -1),
      plain_(std::all_of(problem_.runs.begin(), problem_.runs.end(), IsPlain)) {
  for (size_t i = 0; i < groups.size(); ++i) {
    group_of_[static_cast<size_t>(groups[i].environment)] = static_cast<int>(i);
  }
}

std::vector<OrderedVisit> Sequencer::Sequence(const std::vector<int>& order) const {
  if (problem_.precedences.empty()) {
    std::vector<OrderedVisit> visits;
    visits.reserve(order.size());
    for (const int environment : order) {
      const auto group = static_cast<size_t>(group_of_[static_cast<size_t>(environment)]);
      if (plain_) {
        visits.push_back({environment, groups_[group].runs, {}});
        continue;
      }
      for (OrderedVisit& visit : VisitsOf(problem_, groups_[group].runs, environment)) {
        visits.push_back(std::move(visit));
      }
    }
    return visits;
  }
  std::vector<OrderedVisit> round = Scheduled(order, false);
  std::vector<OrderedVisit> nearest = Scheduled(order, true);
  return LaneOf(costs_, nearest).change < LaneOf(costs_, round).change ? nearest : round;
}

std::vector<OrderedVisit> Sequencer::Scheduled(const std::vector<int>& order, bool nearest) const {
  Readiness readiness(problem_);
  std::vector<std::vector<int>> waiting;  // by place in `order`
  for (const int environment : order) {
    const auto group = static_cast<size_t>(group_of_[static_cast<size_t>(environment)]);
    waiting.push_back(groups_[group].runs);
  }
  const auto has_ready = [&](size_t place) {
    return std::any_of(waiting[place].begin(), waiting[place].end(),
                       [&](int run) { return readiness.IsReady(run); });
  };
  std::vector<OrderedVisit> visits;
  size_t here = order.size() - 1;
  while (true) {
    size_t next = order.size();
    Duration least = Duration::max();
    for (size_t i = 1; i <= order.size() && (nearest || next == order.size()); ++i) {
      const size_t place = (here + i) % order.size();
      if (!has_ready(place)) continue;
      const OrderedVisit target{order[place], {waiting[place].front()}, {}};
      const Duration step =
          nearest ? StepBetween(costs_, visits.empty() ? nullptr : &visits.back(), &target)
                  : Duration{0};
      if (step >= least) continue;
      least = step;
      next = place;
    }
    if (next == order.size()) break;
    here = next;
    const auto blocked = std::stable_partition(waiting[here].begin(), waiting[here].end(),
                                               [&](int run) { return readiness.IsReady(run); });
    const std::vector<int> ready(waiting[here].begin(), blocked);
    waiting[here].erase(waiting[here].begin(), blocked);
    for (const int run : ready) readiness.End(run);
    for (OrderedVisit& visit : VisitsOf(problem_, ready, order[here])) visits.push_back(visit);
  }
  JoinVisits(problem_, visits);
  return visits;
}

bool Sequencer::KeepsPrecedences(const std::vector<OrderedVisit>& visits) const {
  if (problem_.precedences.empty()) return true;
  Readiness readiness(problem_);
  for (const OrderedVisit& visit : visits) {
    for (const int run : visit.runs) {
      if (!readiness.IsReady(run)) return false;
      readiness.End(run);
    }
  }
  return true;
}

void Sequencer::Improve(std::vector<OrderedVisit>& visits, int64_t attempts) const {
  const auto step = [&](size_t from, size_t to) {  // places from 1; 0 and beyond the end: nothing
    const auto at = [&](size_t place) {
      return place == 0 || place > visits.size() ? nullptr : &visits[place - 1];
    };
    return StepBetween(costs_, at(from), at(to));
  };
  for (bool better = true; better;) {
    better = false;
    for (size_t first = 1; first <= visits.size(); ++first) {
      for (size_t last = first; last <= std::min(first + 2, visits.size()); ++last) {
        const Duration saved =
            step(first - 1, first) + step(last, last + 1) - step(first - 1, last + 1);
        if (saved <= Duration{0}) continue;
        for (size_t after = 0; after <= visits.size() && attempts > 0; ++after) {
          if (after + 1 >= first && after <= last) continue;
          --attempts;
          if (step(after, first) + step(last, after + 1) - step(after, after + 1) >= saved) {
            continue;
          }
          std::vector<OrderedVisit> moved = visits;
          const auto at = [&](size_t place) {
            return moved.begin() + static_cast<std::ptrdiff_t>(place);
          };
          if (after < first) {
            std::rotate(at(after), at(first - 1), at(last));
          } else {
            std::rotate(at(first - 1), at(last), at(after));
          }
          if (!KeepsPrecedences(moved)) continue;
          visits = std::move(moved);
          better = true;
          break;
        }
      }
    }
  }
  JoinVisits(problem_, visits);
}

}  // namespace ctestbed

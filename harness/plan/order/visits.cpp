#include "plan/order/visits.h"

#include <algorithm>
#include <unordered_map>

namespace ctestbed {
namespace {

const OrderRun& RunOf(const OrderProblem& problem, int run) {
  return problem.runs[static_cast<size_t>(run)];
}

bool IsPlain(const OrderRun& run) {
  return run.fresh.Empty() && run.dirties.Empty() && !run.exclusive;
}

bool Joins(const OrderProblem& problem, const OrderedVisit& first, const OrderedVisit& second) {
  if (problem.environments[static_cast<size_t>(first.environment)] !=
      problem.environments[static_cast<size_t>(second.environment)]) {
    return false;
  }
  const OrderRun& last = RunOf(problem, first.runs.back());
  const OrderRun& next = RunOf(problem, second.runs.front());
  return last.dirties.Empty() && next.fresh.Empty() && !last.exclusive && !next.exclusive;
}

}  // namespace

namespace {

struct HashOfStates {
  size_t operator()(const SlotStates* states) const {
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (const uint16_t state : *states) hash = (hash ^ state) * 0x100000001b3ULL;
    return static_cast<size_t>(hash ^ hash >> 29);
  }
};
struct SameStates {
  bool operator()(const SlotStates* a, const SlotStates* b) const { return *a == *b; }
};

}  // namespace

std::vector<RunGroup> GroupRuns(const OrderProblem& problem) {
  std::vector<RunGroup> groups;
  std::unordered_map<const SlotStates*, size_t, HashOfStates, SameStates> known;
  known.reserve(problem.environments.size());
  std::vector<int> group_of(problem.environments.size(), -1);
  for (size_t run = 0; run < problem.runs.size(); ++run) {
    const int environment = problem.runs[run].environment;
    int& group = group_of[static_cast<size_t>(environment)];
    if (group < 0) {
      const SlotStates* states = &problem.environments[static_cast<size_t>(environment)];
      const auto [at, added] = known.emplace(states, groups.size());
      if (added) groups.push_back({environment, {}});
      group = static_cast<int>(at->second);
    }
    groups[static_cast<size_t>(group)].runs.push_back(static_cast<int>(run));
  }
  return groups;
}

std::vector<OrderedVisit> VisitsOf(const OrderProblem& problem, const std::vector<int>& runs,
                                   int environment) {
  if (std::all_of(runs.begin(), runs.end(),
                  [&](int run) { return IsPlain(RunOf(problem, run)); })) {
    return {{environment, runs, {}}};
  }
  std::vector<int> clean, fresh, dirty, alone;
  for (const int index : runs) {
    const OrderRun& run = RunOf(problem, index);
    if (run.exclusive || (!run.fresh.Empty() && !run.dirties.Empty())) {
      alone.push_back(index);
    } else if (!run.fresh.Empty()) {
      fresh.push_back(index);
    } else {
      (run.dirties.Empty() ? clean : dirty).push_back(index);
    }
  }
  // What a dirty run or the arrival makes necessary serves those best that a reset would not.
  std::stable_partition(fresh.begin(), fresh.end(),
                        [&](int run) { return RunOf(problem, run).fresh.restart; });
  // The restart that a dirty run makes necessary serves a fresh one: those go in pairs. Without
  // dirty runs the arrival serves the first fresh one.
  std::vector<OrderedVisit> visits{{environment, {}, {}}};
  size_t next_fresh = 0;
  if (dirty.empty() && alone.empty() && !fresh.empty()) {
    visits[0].runs.push_back(fresh[next_fresh++]);
  }
  visits[0].runs.insert(visits[0].runs.end(), clean.begin(), clean.end());
  if (!dirty.empty()) visits[0].runs.push_back(dirty[0]);
  for (size_t next_dirty = 1; next_dirty < dirty.size() || next_fresh < fresh.size();) {
    OrderedVisit& visit = visits.emplace_back(OrderedVisit{environment, {}, {}});
    if (next_fresh < fresh.size()) visit.runs.push_back(fresh[next_fresh++]);
    if (next_dirty < dirty.size()) visit.runs.push_back(dirty[next_dirty++]);
  }
  for (const int run : alone) visits.push_back({environment, {run}, {}});
  std::erase_if(visits, [](const OrderedVisit& visit) { return visit.runs.empty(); });
  return visits;
}

Duration StepBetween(const StepCosts& costs, const OrderedVisit* from, const OrderedVisit* to) {
  static const SlotSet kNone;
  const OrderProblem& problem = costs.problem();
  return costs.Step(from == nullptr ? kNothing : from->environment,
                    from == nullptr ? kNone : RunOf(problem, from->runs.back()).dirties,
                    to == nullptr ? kNothing : to->environment,
                    to == nullptr ? kNone : RunOf(problem, to->runs.front()).fresh);
}

void JoinVisits(const OrderProblem& problem, std::vector<OrderedVisit>& visits) {
  std::vector<OrderedVisit> joined;
  for (OrderedVisit& visit : visits) {
    if (visit.runs.empty()) continue;
    if (!joined.empty() && Joins(problem, joined.back(), visit)) {
      auto& runs = joined.back().runs;
      runs.insert(runs.end(), visit.runs.begin(), visit.runs.end());
    } else {
      joined.push_back(std::move(visit));
    }
  }
  visits = std::move(joined);
}

OrderedLane LaneOf(const StepCosts& costs, std::vector<OrderedVisit> visits) {
  OrderedLane lane{std::move(visits), {}, {}, costs.problem().lanes.start_up};
  const OrderedVisit* before = nullptr;
  for (OrderedVisit& visit : lane.visits) {
    visit.change = StepBetween(costs, before, &visit);
    lane.change += visit.change;
    for (const int run : visit.runs) lane.end += RunOf(costs.problem(), run).time;
    before = &visit;
  }
  lane.removal = StepBetween(costs, before, nullptr);
  lane.change += lane.removal;
  lane.end += lane.change;
  return lane;
}

}  // namespace ctestbed

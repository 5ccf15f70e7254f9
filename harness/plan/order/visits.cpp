#include "plan/order/visits.h"

#include <algorithm>
#include <bit>

namespace ctestbed {
namespace {

const OrderRun& RunOf(const OrderProblem& problem, int run) {
  return problem.runs[static_cast<size_t>(run)];
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

// For each environment the first one with the same states. Passes over their memory in its order:
// with many of them, everything else takes as long as it misses the cache.
std::vector<int> FirstEqual(const std::vector<SlotStates>& environments) {
  std::vector<uint64_t> hashes;
  hashes.reserve(environments.size());
  for (const SlotStates& states : environments) {
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (const uint16_t state : states) hash = (hash ^ state) * 0x100000001b3ULL;
    hashes.push_back(hash ^ hash >> 29);
  }
  const size_t size = std::bit_ceil(2 * environments.size() + 1);
  std::vector<int> table(size, -1);
  std::vector<int> first;
  first.reserve(environments.size());
  for (size_t i = 0; i < environments.size(); ++i) {
    size_t at = hashes[i] & (size - 1);
    const auto is_other = [&](int known) {
      const auto other = static_cast<size_t>(known);
      return hashes[other] != hashes[i] || environments[other] != environments[i];
    };
    while (table[at] >= 0 && is_other(table[at])) at = (at + 1) & (size - 1);
    if (table[at] < 0) table[at] = static_cast<int>(i);
    first.push_back(table[at]);
  }
  return first;
}

}  // namespace

bool IsPlain(const OrderRun& run) {
  return run.fresh.Empty() && run.dirties.Empty() && !run.exclusive;
}

std::vector<RunGroup> GroupRuns(const OrderProblem& problem) {
  const std::vector<int> first = FirstEqual(problem.environments);
  std::vector<RunGroup> groups;
  std::vector<int> group_of(first.size(), -1);  // by the first equal environment
  for (size_t run = 0; run < problem.runs.size(); ++run) {
    const int environment = problem.runs[run].environment;
    int& group = group_of[static_cast<size_t>(first[static_cast<size_t>(environment)])];
    if (group < 0) {
      group = static_cast<int>(groups.size());
      groups.push_back({environment, {}});
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

#include "plan/order/order_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace ctestbed {
namespace {

// What stands in the slots at one moment: slot -> state, without the absent.
using Standing = std::map<int, int>;

Standing StandingIn(const OrderProblem& problem, int environment) {
  Standing standing;
  const SlotStates& row = problem.environments[static_cast<size_t>(environment)];
  for (size_t slot = 0; slot < row.size(); ++slot) {
    if (row[slot] != 0) standing[static_cast<int>(slot)] = row[slot];
  }
  return standing;
}

const SlotState& StateIn(const OrderProblem& problem, int slot, int state) {
  return problem.slots[static_cast<size_t>(slot)].states[static_cast<size_t>(state)];
}

bool Holds(const SlotSet& set, int slot) {
  return set.all || std::find(set.slots.begin(), set.slots.end(), slot) != set.slots.end();
}

// What a slot needs whose state could stay.
enum class Need { kNothing, kReset, kRestart };
using Unclean = std::function<Need(int)>;

Need NeedOf(const SlotSet& set, int slot) {
  if (!Holds(set, slot)) return Need::kNothing;
  return set.restart ? Need::kRestart : Need::kReset;
}

struct Transition {
  std::set<int> changed;
  std::set<int> reset;
};

Transition TransitionOf(const OrderProblem& problem, const Standing& from, const Standing& to,
                        const Unclean& unclean) {
  Transition step;
  std::vector<int> spreading;
  for (const Standing* side : {&from, &to}) {
    for (const auto& [slot, state] : *side) {
      const auto before = from.find(slot);
      const auto after = to.find(slot);
      if (before != from.end() && after != to.end() && before->second == after->second) {
        const Need need = unclean(slot);
        if (need == Need::kNothing) continue;
        if (need == Need::kReset && StateIn(problem, slot, state).reset) {
          if (step.reset.insert(slot).second) spreading.push_back(slot);
          continue;
        }
      }
      if (step.changed.insert(slot).second) spreading.push_back(slot);
    }
  }
  while (!spreading.empty()) {
    const int moved = spreading.back();
    spreading.pop_back();
    for (const auto& [slot, state] : from) {
      const auto& follows = StateIn(problem, slot, state).follows;
      if (std::find(follows.begin(), follows.end(), moved) == follows.end()) continue;
      step.reset.erase(slot);
      if (step.changed.insert(slot).second) spreading.push_back(slot);
    }
  }
  return step;
}

Duration ResetCost(const OrderProblem& problem, const Standing& standing, int slot) {
  return *StateIn(problem, slot, standing.at(slot)).reset;
}

// The longest chain that ends with `slot`.
Duration ChainTo(const OrderProblem& problem, const Standing& standing, int slot,
                 const std::map<int, Duration>& own, std::map<int, Duration>& known) {
  const auto found = known.find(slot);
  if (found != known.end()) return found->second;
  Duration longest{0};
  for (const int other : StateIn(problem, slot, standing.at(slot)).waits_for) {
    if (!standing.contains(other)) continue;
    longest = std::max(longest, ChainTo(problem, standing, other, own, known));
  }
  const auto cost = own.find(slot);
  return known[slot] = longest + (cost == own.end() ? Duration{0} : cost->second);
}

Duration LongestOf(const OrderProblem& problem, const Standing& standing,
                   const std::map<int, Duration>& own) {
  Duration longest{0};
  std::map<int, Duration> known;
  for (const auto& [slot, state] : standing) {
    longest = std::max(longest, ChainTo(problem, standing, slot, own, known));
  }
  return longest;
}

Duration CostOfStep(const OrderProblem& problem, const Standing& from, const Standing& to,
                    const Unclean& unclean) {
  const Transition step = TransitionOf(problem, from, to, unclean);
  std::map<int, Duration> stops, starts;
  for (const int slot : step.changed) {
    if (from.contains(slot)) stops[slot] = StateIn(problem, slot, from.at(slot)).stop;
    if (to.contains(slot)) starts[slot] = StateIn(problem, slot, to.at(slot)).start;
  }
  for (const int slot : step.reset) starts[slot] = ResetCost(problem, to, slot);
  if (problem.objective == OrderObjective::kCriticalPath) {
    return LongestOf(problem, from, stops) + LongestOf(problem, to, starts);
  }
  Duration sum{0};
  for (const auto* costs : {&stops, &starts}) {
    for (const auto& [slot, cost] : *costs) sum += cost;
  }
  return sum;
}

class Checker {
 public:
  Checker(const OrderProblem& problem, const OrderedPlan& plan) : problem_(problem), plan_(plan) {}

  std::string Run() {
    places_.assign(problem_.runs.size(), {-1, -1});
    for (size_t i = 0; i < plan_.lanes.size() && problem_text_.empty(); ++i) CheckLane(i);
    if (problem_text_.empty()) CheckRuns();
    if (problem_text_.empty()) CheckPrecedences();
    if (problem_text_.empty()) CheckCapacities();
    if (problem_text_.empty()) CheckTotals();
    return problem_text_;
  }

 private:
  template <typename... Arguments>
  void Expect(bool holds, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (holds || !problem_text_.empty()) return;
    problem_text_ = fmt::format(format, std::forward<Arguments>(arguments)...);
  }

  const OrderRun& RunAt(int run) const { return problem_.runs[static_cast<size_t>(run)]; }

  bool IsSound(const OrderedVisit& visit) const {
    const auto below = [](int index, size_t size) {
      return index >= 0 && static_cast<size_t>(index) < size;
    };
    return below(visit.environment, problem_.environments.size()) && !visit.runs.empty() &&
           std::all_of(visit.runs.begin(), visit.runs.end(),
                       [&](int run) { return below(run, problem_.runs.size()); });
  }

  void CheckLane(size_t number) {
    const OrderedLane& lane = plan_.lanes[number];
    Expect(!lane.visits.empty(), "lane {} is empty", number);
    Standing standing;
    SlotSet dirty;
    Duration change{0};
    Duration end = problem_.lanes.start_up;
    int place = 0;
    for (size_t i = 0; i < lane.visits.size(); ++i) {
      const OrderedVisit& visit = lane.visits[i];
      Expect(IsSound(visit), "visit {} of lane {} has no runs, or names what does not exist", i,
             number);
      if (!problem_text_.empty()) return;
      const SlotSet& fresh = RunAt(visit.runs.front()).fresh;
      const Standing next = StandingIn(problem_, visit.environment);
      const Duration cost = CostOfStep(problem_, standing, next, [&](int slot) {
        return std::max(NeedOf(dirty, slot), NeedOf(fresh, slot));
      });
      Expect(cost == visit.change, "visit {} of lane {} costs {} and not {}", i, number,
             cost.count(), visit.change.count());
      CheckVisit(visit);
      for (const int run : visit.runs) {
        Expect(places_[static_cast<size_t>(run)].first < 0, "run {} is planned twice", run);
        places_[static_cast<size_t>(run)] = {static_cast<int>(number), place++};
        end += RunAt(run).time;
      }
      change += cost;
      standing = next;
      dirty = RunAt(visit.runs.back()).dirties;
    }
    const Duration removal =
        CostOfStep(problem_, standing, {}, [&](int slot) { return NeedOf(dirty, slot); });
    Expect(removal == lane.removal, "the removal in lane {} costs {} and not {}", number,
           removal.count(), lane.removal.count());
    Expect(change + removal == lane.change, "the changes of lane {} cost {} and not {}", number,
           (change + removal).count(), lane.change.count());
    Expect(end + lane.change == lane.end, "lane {} ends at {} and not {}", number,
           (end + lane.change).count(), lane.end.count());
  }

  void CheckVisit(const OrderedVisit& visit) {
    const SlotStates& states = problem_.environments[static_cast<size_t>(visit.environment)];
    for (size_t i = 0; i < visit.runs.size(); ++i) {
      const OrderRun& run = RunAt(visit.runs[i]);
      Expect(problem_.environments[static_cast<size_t>(run.environment)] == states,
             "run {} is in another environment than its own", visit.runs[i]);
      Expect(i == 0 || (!run.fresh.all && run.fresh.slots.empty()),
             "run {} wants to be fresh and comes after another", visit.runs[i]);
      Expect(i + 1 == visit.runs.size() || (!run.dirties.all && run.dirties.slots.empty()),
             "run {} leaves its environment dirty to another", visit.runs[i]);
      Expect(!run.exclusive || visit.runs.size() == 1, "run {} is not alone", visit.runs[i]);
    }
  }

  void CheckRuns() {
    for (size_t run = 0; run < places_.size(); ++run) {
      Expect(places_[run].first >= 0, "run {} is not planned", run);
    }
  }

  void CheckPrecedences() {
    for (size_t i = 0; i < problem_.precedences.size(); ++i) {
      const Precedence& precedence = problem_.precedences[i];
      for (const int before : precedence.before) {
        for (const int after : precedence.after) {
          const auto& [lane, place] = places_[static_cast<size_t>(before)];
          const auto& [other_lane, other_place] = places_[static_cast<size_t>(after)];
          Expect(lane == other_lane, "runs {} and {} are in different lanes", before, after);
          Expect(place < other_place, "run {} does not come before run {}", before, after);
        }
      }
    }
  }

  void CheckCapacities() {
    const LaneRules& rules = problem_.lanes;
    const int most = rules.count == 0 ? kMostOrderedLanes : rules.count;
    const auto lanes = static_cast<int>(plan_.lanes.size());
    Expect(lanes <= most, "{} lanes, at most {} are allowed", lanes, most);
    Expect(rules.alive == 0 || lanes <= rules.alive,
           "{} environments alive, at most {} are allowed", lanes, rules.alive);
    if (problem_.footprints.empty()) return;
    Footprint sum;
    for (const OrderedLane& lane : plan_.lanes) {
      Footprint largest;
      for (const OrderedVisit& visit : lane.visits) {
        const Footprint& one = problem_.footprints[static_cast<size_t>(visit.environment)];
        largest.memory = std::max(largest.memory, one.memory);
        largest.cpus = std::max(largest.cpus, one.cpus);
      }
      sum.memory += largest.memory;
      sum.cpus += largest.cpus;
    }
    Expect(rules.memory == 0 || sum.memory <= rules.memory, "lanes may take {} memory of {}",
           sum.memory, rules.memory);
    Expect(rules.cpus == 0 || sum.cpus <= rules.cpus, "lanes may take {} CPUs of {}", sum.cpus,
           rules.cpus);
  }

  void CheckTotals() {
    Duration change{0};
    Duration makespan{0};
    for (const OrderedLane& lane : plan_.lanes) {
      change += lane.change;
      makespan = std::max(makespan, lane.end);
    }
    Expect(change == plan_.change, "all changes cost {} and not {}", change.count(),
           plan_.change.count());
    Expect(makespan == plan_.makespan, "the plan ends at {} and not {}", makespan.count(),
           plan_.makespan.count());
    Expect(!plan_.change_bound || *plan_.change_bound <= change,
           "changes cost {}, less than the bound", change.count());
    Expect(!plan_.makespan_bound || *plan_.makespan_bound <= makespan,
           "the plan ends at {}, before the bound", makespan.count());
  }

  const OrderProblem& problem_;
  const OrderedPlan& plan_;
  std::string problem_text_;
  std::vector<std::pair<int, int>> places_;  // lane and place in it of each run
};

}  // namespace

std::string FirstViolation(const OrderProblem& problem, const OrderedPlan& plan) {
  return Checker(problem, plan).Run();
}

}  // namespace ctestbed

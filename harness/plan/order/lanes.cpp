#include "plan/order/lanes.h"

#include <algorithm>
#include <array>

#include "plan/order/visits.h"

namespace ctestbed {
namespace {

// Visits in their places of lanes, as indices into one list; -1 is nothing.
using LaneVisits = std::vector<int>;

// The lanes while visits move between them.
class Lanes {
 public:
  Lanes(const StepCosts& costs, std::vector<OrderedVisit> visits)
      : costs_(costs), visits_(std::move(visits)) {
    const OrderProblem& problem = costs.problem();
    std::vector<char> bound(problem.runs.size());
    for (const Precedence& precedence : problem.precedences) {
      for (const auto* runs : {&precedence.before, &precedence.after}) {
        for (const int run : *runs) bound[static_cast<size_t>(run)] = 1;
      }
    }
    for (const OrderedVisit& visit : visits_) {
      Duration time{0};
      bool pinned = false;
      for (const int run : visit.runs) {
        time += problem.runs[static_cast<size_t>(run)].time;
        pinned |= bound[static_cast<size_t>(run)] != 0;
      }
      times_.push_back(time);
      pinned_.push_back(pinned);
    }
    if (visits_.size() <= kMostCached) Cache();
  }

  void Split(int count) {
    LaneVisits pinned, free;
    for (int i = 0; i < Size(); ++i) (pinned_[static_cast<size_t>(i)] ? pinned : free).push_back(i);
    lanes_.clear();
    if (!pinned.empty()) lanes_.push_back(pinned);
    const int left = std::max(1, count - static_cast<int>(lanes_.size()));
    Duration low = costs_.problem().lanes.start_up;
    Duration high = TimeOf(free);
    while (low < high) {
      const Duration middle = low + (high - low) / 2;
      if (IsEnough(Cut(free, middle), left, middle)) {
        high = middle;
      } else {
        low = middle + Duration{1};
      }
    }
    for (LaneVisits& lane : Cut(free, high)) lanes_.push_back(std::move(lane));
    // A count of one: what is free follows what is bound.
    for (; static_cast<int>(lanes_.size()) > count; lanes_.pop_back()) {
      lanes_[0].insert(lanes_[0].end(), lanes_.back().begin(), lanes_.back().end());
    }
    lanes_.resize(static_cast<size_t>(count));
  }

  void Put(std::vector<LaneVisits> lanes) { lanes_ = std::move(lanes); }

  void EvenOut(int moves) {
    ends_.clear();
    for (const LaneVisits& lane : lanes_) ends_.push_back(TimeOf(lane));
    while (moves-- > 0 && MoveFromLongest()) {
    }
  }

  std::vector<OrderedLane> Finish() const {
    std::vector<OrderedLane> lanes;
    for (const LaneVisits& lane : lanes_) {
      if (lane.empty()) continue;
      std::vector<OrderedVisit> visits;
      for (const int i : lane) visits.push_back(visits_[static_cast<size_t>(i)]);
      JoinVisits(costs_.problem(), visits);
      lanes.push_back(LaneOf(costs_, std::move(visits)));
    }
    return lanes;
  }

 private:
  static constexpr size_t kMostCached = 1000;
  static constexpr std::array<size_t, 7> kLengths{1, 2, 3, 4, 6, 8, 12};

  struct Move {
    size_t first = 0, length = 0;  // of the longest lane
    size_t lane = 0, place = 0;
    Duration source{0}, target{0};  // ends of both lanes afterwards
  };

  int Size() const { return static_cast<int>(visits_.size()); }
  Duration TimeAt(int visit) const { return times_[static_cast<size_t>(visit)]; }
  Duration Step(int from, int to) const {
    if (!cache_.empty()) {
      return Duration{cache_[static_cast<size_t>(from + 1) * (visits_.size() + 1) +
                             static_cast<size_t>(to + 1)]};
    }
    const auto at = [this](int i) { return i < 0 ? nullptr : &visits_[static_cast<size_t>(i)]; };
    return StepBetween(costs_, at(from), at(to));
  }

  void Cache() {
    std::vector<int32_t> cache;
    for (int from = -1; from < Size(); ++from) {
      for (int to = -1; to < Size(); ++to) {
        cache.push_back(from < 0 && to < 0 ? 0 : static_cast<int32_t>(Step(from, to).count()));
      }
    }
    cache_ = std::move(cache);
  }

  // From start-up to removal.
  Duration TimeOf(const LaneVisits& lane) const {
    Duration time = costs_.problem().lanes.start_up;
    int before = -1;
    for (const int visit : lane) {
      time += Step(before, visit) + TimeAt(visit);
      before = visit;
    }
    return before < 0 ? Duration{0} : time + Step(before, -1);
  }

  bool IsEnough(const std::vector<LaneVisits>& lanes, int count, Duration most) const {
    return static_cast<int>(lanes.size()) <= count &&
           std::all_of(lanes.begin(), lanes.end(),
                       [&](const LaneVisits& lane) { return TimeOf(lane) <= most; });
  }

  // Lanes of at most `most`, or of one visit, each as long as can be: no other cuts need fewer,
  // since a longer stretch never costs less.
  std::vector<LaneVisits> Cut(const LaneVisits& visits, Duration most) const {
    std::vector<LaneVisits> lanes;
    Duration time{0};
    for (const int visit : visits) {
      if (!lanes.empty()) {
        const Duration longer = time + Step(lanes.back().back(), visit) + TimeAt(visit);
        if (longer + Step(visit, -1) <= most) {
          time = longer;
          lanes.back().push_back(visit);
          continue;
        }
      }
      lanes.push_back({visit});
      time = costs_.problem().lanes.start_up + Step(-1, visit) + TimeAt(visit);
    }
    return lanes;
  }

  static int At(const LaneVisits& lane, size_t place) {  // from 1; nothing at both ends
    return place == 0 || place > lane.size() ? -1 : lane[place - 1];
  }

  // The best place in another lane for some visits of the longest.
  void TryMove(size_t longest, size_t first, size_t length, Move& best) const {
    const LaneVisits& from = lanes_[longest];
    const int head = from[first];
    const int tail = from[first + length - 1];
    Duration inside{0};
    for (size_t i = first; i < first + length; ++i) {
      if (pinned_[static_cast<size_t>(from[i])]) return;
      inside += TimeAt(from[i]) + (i > first ? Step(from[i - 1], from[i]) : Duration{0});
    }
    const int before = At(from, first);
    const int after = At(from, first + length + 1);
    const Duration start_up = costs_.problem().lanes.start_up;
    const Duration source = length == from.size() ? Duration{0}
                                                  : ends_[longest] - inside - Step(before, head) -
                                                        Step(tail, after) + Step(before, after);
    if (source >= best.source) return;
    for (size_t lane = 0; lane < lanes_.size(); ++lane) {
      if (lane == longest) continue;
      const Duration base = (lanes_[lane].empty() ? start_up : ends_[lane]) + inside;
      if (base >= best.target && base >= best.source) continue;
      for (size_t place = 0; place <= lanes_[lane].size(); ++place) {
        const int left = At(lanes_[lane], place);
        const int right = At(lanes_[lane], place + 1);
        const Duration target = base + Step(left, head) + Step(tail, right) -
                                (left < 0 && right < 0 ? Duration{0} : Step(left, right));
        if (std::max(source, target) < std::max(best.source, best.target)) {
          best = {first, length, lane, place, source, target};
        }
      }
    }
  }

  bool MoveFromLongest() {
    const auto longest =
        static_cast<size_t>(std::max_element(ends_.begin(), ends_.end()) - ends_.begin());
    Move best{.source = ends_[longest], .target = ends_[longest]};
    LaneVisits& from = lanes_[longest];
    for (const size_t length : kLengths) {
      for (size_t first = 0; first + length <= from.size(); ++first) {
        TryMove(longest, first, length, best);
      }
    }
    if (best.length == 0) return false;
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(best.first);
    const auto end = begin + static_cast<std::ptrdiff_t>(best.length);
    LaneVisits& to = lanes_[best.lane];
    to.insert(to.begin() + static_cast<std::ptrdiff_t>(best.place), begin, end);
    from.erase(begin, end);
    ends_[longest] = best.source;
    ends_[best.lane] = best.target;
    return true;
  }

  const StepCosts& costs_;
  std::vector<OrderedVisit> visits_;
  std::vector<Duration> times_;  // of the runs of a visit
  std::vector<bool> pinned_;
  std::vector<int32_t> cache_;
  std::vector<LaneVisits> lanes_;
  std::vector<Duration> ends_;
};

Duration TimeOf(const OrderProblem& problem, const OrderedVisit& visit) {
  Duration time{0};
  for (const int run : visit.runs) time += problem.runs[static_cast<size_t>(run)].time;
  return time;
}

// Visits of more than `share` cut into pieces of about a quarter of it: in one lane, pieces that
// follow each other are one visit again.
std::vector<OrderedVisit> Pieces(const OrderProblem& problem,
                                 const std::vector<OrderedVisit>& visits, Duration share) {
  std::vector<OrderedVisit> pieces;
  for (const OrderedVisit& visit : visits) {
    const bool divides = TimeOf(problem, visit) > share;
    Duration time{0};
    pieces.push_back({visit.environment, {}, {}});
    for (const int run : visit.runs) {
      const Duration own = problem.runs[static_cast<size_t>(run)].time;
      if (divides && time > Duration{0} && time + own > share / 4) {
        pieces.push_back({visit.environment, {}, {}});
        time = Duration{0};
      }
      pieces.back().runs.push_back(run);
      time += own;
    }
  }
  return pieces;
}

std::vector<OrderedLane> SplitVisits(const StepCosts& costs, std::vector<OrderedVisit> visits,
                                     int count, int moves) {
  Lanes lanes(costs, std::move(visits));
  lanes.Split(count);
  lanes.EvenOut(moves);
  return lanes.Finish();
}

}  // namespace

std::vector<OrderedLane> SplitIntoLanes(const StepCosts& costs,
                                        const std::vector<OrderedVisit>& one_lane, int count,
                                        int moves) {
  if (one_lane.empty()) return {};
  OrderedLane lane = LaneOf(costs, one_lane);
  if (count == 1) return {std::move(lane)};
  std::vector<OrderedLane> whole = SplitVisits(costs, one_lane, count, moves);
  if (!costs.problem().precedences.empty()) return whole;
  // An environment in two lanes is started twice.
  std::vector<OrderedLane> cut =
      SplitVisits(costs, Pieces(costs.problem(), one_lane, lane.end / count / 4), count, moves);
  return 20 * MakespanOf(cut) < 19 * MakespanOf(whole) ? cut : whole;
}

std::vector<OrderedLane> EvenOutLanes(const StepCosts& costs, const std::vector<OrderedLane>& lanes,
                                      int moves) {
  std::vector<OrderedVisit> visits;
  std::vector<LaneVisits> places;
  for (const OrderedLane& lane : lanes) {
    LaneVisits& mine = places.emplace_back();
    for (const OrderedVisit& visit : lane.visits) {
      mine.push_back(static_cast<int>(visits.size()));
      visits.push_back(visit);
    }
  }
  Lanes even(costs, std::move(visits));
  even.Put(std::move(places));
  even.EvenOut(moves);
  return even.Finish();
}

bool FitsCapacity(const OrderProblem& problem, const std::vector<OrderedLane>& lanes) {
  if (problem.footprints.empty()) return true;
  Footprint sum;
  for (const OrderedLane& lane : lanes) {
    Footprint largest;
    for (const OrderedVisit& visit : lane.visits) {
      const Footprint& one = problem.footprints[static_cast<size_t>(visit.environment)];
      largest.memory = std::max(largest.memory, one.memory);
      largest.cpus = std::max(largest.cpus, one.cpus);
    }
    sum.memory += largest.memory;
    sum.cpus += largest.cpus;
  }
  const LaneRules& rules = problem.lanes;
  return (rules.memory == 0 || sum.memory <= rules.memory) &&
         (rules.cpus == 0 || sum.cpus <= rules.cpus);
}

Duration MakespanOf(const std::vector<OrderedLane>& lanes) {
  Duration makespan{0};
  for (const OrderedLane& lane : lanes) makespan = std::max(makespan, lane.end);
  return makespan;
}

Duration MachineTimeOf(const std::vector<OrderedLane>& lanes) {
  Duration sum{0};
  for (const OrderedLane& lane : lanes) sum += lane.end;
  return sum;
}

}  // namespace ctestbed

#include "plan/cover/apart_tuples.h"

#include <algorithm>

namespace ctestbed {
namespace {

constexpr size_t kMostTuples = 1000;
constexpr size_t kMostSteps = 20'000;
constexpr size_t kWork = 10'000'000;  // tuples looked at
constexpr int kShortest = 7;          // steps for which what left the clique stays out

// Local search for a clique: a tuple that is apart from all of it joins, or else takes the place of
// the only one that it is not apart from (Pullan, Hoos 2006).
class Clique {
 public:
  Clique(const std::vector<std::vector<char>>& together, PlanRandom& random)
      : together_(together),
        random_(random),
        in_(together.size()),
        barred_(together.size()),
        clashes_(together.size()) {}

  // Ends at one of `enough`.
  std::vector<size_t> Find(size_t enough) {
    const auto steps = static_cast<int>(std::min(kWork / in_.size(), kMostSteps));
    for (step_ = 1; step_ <= steps && best_.size() < enough; ++step_) {
      size_t tuple = Pick(0);
      if (tuple == in_.size()) {
        tuple = Pick(1);
        const auto clash = std::find_if(members_.begin(), members_.end(), [&](size_t member) {
          return tuple == in_.size() || together_[member][tuple] != 0;
        });
        if (clash != members_.end()) Leave(*clash);
      }
      if (tuple < in_.size()) Join(tuple);
      if (members_.size() > best_.size()) best_ = members_;
    }
    return best_;
  }

 private:
  // Any tuple outside that clashes with so many inside; the size if there is none.
  size_t Pick(int clashes) {
    size_t picked = in_.size();
    int count = 0;
    for (size_t i = 0; i < in_.size(); ++i) {
      if (in_[i] != 0 || clashes_[i] != clashes || barred_[i] > step_) continue;
      if (random_.Below(++count) == 0) picked = i;
    }
    return picked;
  }

  void Count(size_t tuple, int by) {
    for (size_t i = 0; i < in_.size(); ++i) {
      if (i != tuple && together_[tuple][i] != 0) clashes_[i] += by;
    }
  }

  void Join(size_t tuple) {
    in_[tuple] = 1;
    members_.push_back(tuple);
    Count(tuple, 1);
  }

  void Leave(size_t tuple) {
    in_[tuple] = 0;
    std::erase(members_, tuple);
    barred_[tuple] = step_ + kShortest + random_.Below(10);
    Count(tuple, -1);
  }

  const std::vector<std::vector<char>>& together_;
  PlanRandom& random_;
  std::vector<char> in_;
  std::vector<int> barred_;   // until which step
  std::vector<int> clashes_;  // how many members fit into one row with it
  std::vector<size_t> members_;
  std::vector<size_t> best_;
  int step_ = 0;
};

// Both; nothing if they want an axis to have two values.
PartialRow Joined(const PartialRow& a, const PartialRow& b) {
  PartialRow joined = a;
  for (const Setting& setting : b) {
    const auto same = std::find_if(
        a.begin(), a.end(), [&](const Setting& other) { return other.axis == setting.axis; });
    if (same == a.end()) {
      joined.push_back(setting);
    } else if (same->value != setting.value) {
      return {};
    }
  }
  return joined;
}

bool Contains(const CoverRow& row, const PartialRow& tuple) {
  return std::all_of(tuple.begin(), tuple.end(), [&](const Setting& setting) {
    return row[Index(setting.axis)] == setting.value;
  });
}

}  // namespace

std::vector<PartialRow> ApartTuples(CoverProblem& problem, const std::vector<CoverRow>& rows,
                                    PlanRandom& random) {
  const auto count =
      static_cast<size_t>(std::count(problem.feasible.begin(), problem.feasible.end(), true));
  if (count == 0 || count > kMostTuples) return {};
  std::vector<PartialRow> tuples;
  for (size_t id = 0; id < problem.feasible.size(); ++id) {
    if (problem.feasible[id]) tuples.push_back(problem.space.Decode(static_cast<uint32_t>(id)));
  }
  // What any row shows to fit together needs no search.
  std::vector<std::vector<char>> together(count, std::vector<char>(count));
  const auto show = [&](const CoverRow& row) {
    std::vector<size_t> inside;
    for (size_t i = 0; i < count; ++i) {
      if (Contains(row, tuples[i])) inside.push_back(i);
    }
    for (const size_t a : inside) {
      for (const size_t b : inside) together[a][b] = 1;
    }
  };
  for (const CoverRow& row : rows) show(row);
  for (size_t a = 0; a < count; ++a) {
    for (size_t b = 0; b < a; ++b) {
      if (together[a][b] != 0) continue;
      const PartialRow joined = Joined(tuples[a], tuples[b]);
      if (joined.empty()) continue;
      if (const auto row = problem.search.Complete(joined, random)) show(*row);
    }
  }
  std::vector<PartialRow> apart;
  for (const size_t i : Clique(together, random).Find(rows.size())) apart.push_back(tuples[i]);
  return apart;
}

}  // namespace ctestbed

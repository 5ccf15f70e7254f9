#include "cover/pict_like.h"

#include <algorithm>

#include "plan/cover/cover_problem.h"
#include "plan/cover/coverage.h"

namespace ctestbed {
namespace {

class PictLike {
 public:
  PictLike(const TupleCoverage& coverage, ConstraintSearch& search, PlanRandom& random)
      : coverage_(coverage), search_(search), random_(random) {}

  CoverRow Build() {
    const size_t mark = search_.Mark();
    while (TakeBest()) {
    }
    PartialRow partial = Assigned();
    search_.Undo(mark);
    auto row = search_.Complete(partial, random_);
    // Propagation alone can run into a dead end, which PICT's exclusions foresee.
    while (!row && partial.size() > first_.size()) {
      partial.pop_back();
      row = search_.Complete(partial, random_);
    }
    return row ? *row : *search_.Complete(first_, random_);
  }

 private:
  PartialRow Assigned() const {
    PartialRow partial = first_;
    for (int axis = 0; axis < static_cast<int>(coverage_.space().levels().size()); ++axis) {
      const Setting setting{axis, search_.ValueOf(axis)};
      if (setting.value < 0) continue;
      if (std::find(partial.begin(), partial.end(), setting) == partial.end()) {
        partial.push_back(setting);
      }
    }
    return partial;
  }

  bool TakeBest() {
    const bool first = first_.empty();
    std::vector<uint32_t> missing_in(coverage_.space().size());
    if (first) {
      for (const uint32_t id : coverage_.missing()) {
        ++missing_in[coverage_.space().SetOf(id).base];
      }
    }
    std::vector<std::pair<int, uint32_t>> best;
    int most = 0;
    for (const uint32_t id : coverage_.missing()) {
      const PartialRow tuple = coverage_.space().Decode(id);
      const int gain =
          first ? static_cast<int>(missing_in[coverage_.space().SetOf(id).base]) : GainOf(tuple);
      if (gain == 0 || gain < most) continue;
      if (gain > most) best.clear();
      most = gain;
      best.push_back({gain, id});
    }
    random_.Shuffle(best);
    for (const auto& [gain, id] : best) {
      const size_t mark = search_.Mark();
      const PartialRow tuple = coverage_.space().Decode(id);
      const bool fits = std::all_of(tuple.begin(), tuple.end(), [&](const Setting& setting) {
        return search_.Assign(setting.axis, setting.value);
      });
      if (fits) {
        if (first) first_ = tuple;
        return true;
      }
      search_.Undo(mark);
    }
    return false;
  }

  // Missing combinations that the row gets with `tuple`; 0 if it does not fit.
  int GainOf(const PartialRow& tuple) const {
    CoverRow row;
    for (int axis = 0; axis < static_cast<int>(coverage_.space().levels().size()); ++axis) {
      row.push_back(search_.ValueOf(axis));
    }
    bool changes = false;
    int gain = 0;
    for (const Setting& setting : tuple) {
      int& cell = row[static_cast<size_t>(setting.axis)];
      if (cell == setting.value) continue;
      if (cell >= 0 || !search_.MayBe(setting.axis, setting.value)) return 0;
      changes = true;
      cell = setting.value;
      coverage_.space().ForEachSetWith(
          setting.axis, row.data(), [&](uint32_t rest, uint32_t stride) {
            gain += coverage_.IsMissing(rest + stride * static_cast<uint32_t>(setting.value));
          });
    }
    return changes ? gain : 0;
  }

  const TupleCoverage& coverage_;
  ConstraintSearch& search_;
  PlanRandom& random_;
  PartialRow first_;
};

}  // namespace

Result<std::vector<CoverRow>> PictLikeRows(const CoverModel& model, uint64_t seed) {
  TRY(CoverProblem problem, CoverProblem::Make(model));
  TupleCoverage coverage(problem.space, problem.feasible);
  PlanRandom random(seed);
  std::vector<CoverRow> rows;
  while (!coverage.missing().empty()) {
    rows.push_back(PictLike(coverage, problem.search, random).Build());
    coverage.Add(rows.back().data());
  }
  return rows;
}

}  // namespace ctestbed

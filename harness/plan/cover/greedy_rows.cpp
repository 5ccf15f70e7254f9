#include "plan/cover/greedy_rows.h"

#include <algorithm>
#include <numeric>

namespace ctestbed {

RowBuilder::RowBuilder(const TupleCoverage& coverage, ConstraintSearch& search, PlanRandom& random)
    : coverage_(coverage), search_(search), random_(random) {
  const TupleSpace& space = coverage.space();
  order_.resize(space.levels().size());
  std::iota(order_.begin(), order_.end(), 0);
  row_.resize(order_.size());
  size_t work = 1;  // of one candidate
  for (const int axis : order_)
    work += space.SetsWith(axis) * static_cast<size_t>(space.levels()[Index(axis)]);
  candidates_ = static_cast<int>(std::clamp<size_t>(200'000 / work, 1, 20));
}

CoverRow RowBuilder::Build(const PartialRow& start) {
  CoverRow best;
  uint32_t most = 0;
  for (int i = 0; i < candidates_; ++i) {
    CoverRow row = Candidate(start);
    const uint32_t gain = coverage_.MissingIn(row.data());
    if (best.empty() || gain > most) {
      best = std::move(row);
      most = gain;
    }
  }
  return best;
}

CoverRow RowBuilder::Candidate(const PartialRow& start) {
  const size_t mark = search_.Mark();
  bool complete = std::all_of(start.begin(), start.end(), [&](const Setting& setting) {
    return search_.Assign(setting.axis, setting.value);
  });
  random_.Shuffle(order_);
  for (size_t i = 0; complete && i < order_.size(); ++i) {
    complete = search_.ValueOf(order_[i]) >= 0 || Extend(order_[i]);
  }
  for (const int axis : order_) row_[Index(axis)] = search_.ValueOf(axis);
  search_.Undo(mark);
  // Greed ran into a dead end: take any row.
  if (!complete) {
    if (auto row = search_.Complete(start, random_)) return *row;
  }
  return row_;
}

bool RowBuilder::Extend(int axis) {
  const TupleSpace& space = coverage_.space();
  const int levels = space.levels()[Index(axis)];
  for (const int other : order_) row_[Index(other)] = search_.ValueOf(other);
  gains_.clear();
  for (int value = 0; value < levels; ++value) {
    if (search_.MayBe(axis, value)) gains_.push_back({0, value});
  }
  random_.Shuffle(gains_);
  space.ForEachSetWith(axis, row_.data(), [&](uint32_t rest, uint32_t stride) {
    for (auto& [gain, value] : gains_) {
      gain -= coverage_.IsMissing(rest + stride * static_cast<uint32_t>(value));
    }
  });
  std::stable_sort(gains_.begin(), gains_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [gain, value] : gains_) {
    const size_t mark = search_.Mark();
    if (search_.Assign(axis, value)) return true;
    search_.Undo(mark);
  }
  return false;
}

}  // namespace ctestbed

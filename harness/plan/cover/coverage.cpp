#include "plan/cover/coverage.h"

namespace ctestbed {

TupleCoverage::TupleCoverage(const TupleSpace& space, const std::vector<bool>& feasible)
    : space_(&space), count_(space.size()), place_(space.size(), kCovered) {
  for (uint32_t id = 0; id < space.size(); ++id) {
    if (feasible[id]) {
      Miss(id);
    } else {
      count_[id] = 1;  // never missing, also while a row changes cell by cell
    }
  }
}

void TupleCoverage::Drop(uint32_t id) {
  const uint32_t place = place_[id];
  const uint32_t moved = missing_.back();
  missing_[place] = moved;
  place_[moved] = place;
  missing_.pop_back();
  place_[id] = kCovered;
}

void TupleCoverage::Add(const int* row) {
  space_->ForEachTuple(row, [&](uint32_t id) { Gain(id); });
}

void TupleCoverage::Remove(const int* row) {
  space_->ForEachTuple(row, [&](uint32_t id) { Lose(id); });
}

int TupleCoverage::DeltaOf(const int* row, int axis, int value) const {
  if (row[axis] == value) return 0;
  const auto before = static_cast<uint32_t>(row[axis]);
  const auto after = static_cast<uint32_t>(value);
  int delta = 0;
  space_->ForEachSetWith(axis, row, [&](uint32_t rest, uint32_t stride) {
    delta += count_[rest + stride * before] == 1;
    delta -= count_[rest + stride * after] == 0;
  });
  return delta;
}

void TupleCoverage::Change(int* row, int axis, int value) {
  if (row[axis] == value) return;
  const auto before = static_cast<uint32_t>(row[axis]);
  const auto after = static_cast<uint32_t>(value);
  space_->ForEachSetWith(axis, row, [&](uint32_t rest, uint32_t stride) {
    Lose(rest + stride * before);
    Gain(rest + stride * after);
  });
  row[axis] = value;
}

uint32_t TupleCoverage::MissingIn(const int* row) const {
  uint32_t missing = 0;
  space_->ForEachTuple(row, [&](uint32_t id) { missing += IsMissing(id); });
  return missing;
}

uint32_t TupleCoverage::OnlyIn(const int* row) const {
  uint32_t only = 0;
  space_->ForEachTuple(row, [&](uint32_t id) { only += count_[id] == 1; });
  return only;
}

}  // namespace ctestbed

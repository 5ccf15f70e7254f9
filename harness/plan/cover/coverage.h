// How often rows contain each tuple, and which feasible tuples no row contains.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/cover/tuple_space.h"

namespace ctestbed {

class TupleCoverage {
 public:
  // `feasible` has an entry per tuple. `space` outlives this.
  TupleCoverage(const TupleSpace& space, const std::vector<bool>& feasible);

  const TupleSpace& space() const { return *space_; }
  const std::vector<uint32_t>& missing() const { return missing_; }  // in no particular order
  bool IsMissing(uint32_t id) const { return place_[id] != kCovered; }

  // Complete rows; all but Change expect them to contain feasible tuples only.
  void Add(const int* row);
  void Remove(const int* row);
  // How many tuples would be missing more, or fewer (negative), if row[axis] became `value`.
  int DeltaOf(const int* row, int axis, int value) const;
  void Change(int* row, int axis, int value);
  // How many tuples of a complete `row` are missing; how many, of a row that was added, are in no
  // other.
  uint32_t MissingIn(const int* row) const;
  uint32_t OnlyIn(const int* row) const;

 private:
  static constexpr uint32_t kCovered = 0xffffffff;

  void Gain(uint32_t id) {
    if (count_[id]++ == 0) Drop(id);
  }
  void Lose(uint32_t id) {
    if (--count_[id] == 0) Miss(id);
  }
  void Miss(uint32_t id) {
    place_[id] = static_cast<uint32_t>(missing_.size());
    missing_.push_back(id);
  }
  void Drop(uint32_t id);

  const TupleSpace* space_;
  std::vector<uint32_t> count_;
  std::vector<uint32_t> missing_;
  std::vector<uint32_t> place_;  // in missing_
};

}  // namespace ctestbed

// All combinations of values ("tuples") that a model asks for, numbered densely.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "plan/cover/cover_model.h"

namespace ctestbed {

inline constexpr uint64_t kMaxTuples = 20'000'000;  // up to 0.7 GB while searching

// In range: at least one value each, settings that exist, strengths of 0 to kMaxStrength; else
// kInvalid, which names the mistake.
Status CheckModel(const CoverModel& model);

// The tuples of some axes: id = base + sum of value * stride.
struct TupleSet {
  std::vector<int> axes;
  std::vector<uint32_t> strides;
  uint32_t base = 0;
  uint32_t size = 0;
};

class TupleSpace {
 public:
  // The demands of `model`, without axes whose tuples lie within those of more axes. kInvalid if
  // there are more than kMaxTuples.
  static Result<TupleSpace> Make(const CoverModel& model);

  const std::vector<TupleSet>& sets() const { return sets_; }
  uint32_t size() const { return size_; }
  const std::vector<int>& levels() const { return levels_; }
  const TupleSet& SetOf(uint32_t id) const;
  PartialRow Decode(uint32_t id) const;

  // visit(rest, stride) for each set with `axis`: the tuple of `row` with value v there has the id
  // rest + stride * v. Sets with another axis that is open in `row` (negative) are left out.
  template <typename Visit>
  void ForEachSetWith(int axis, const int* row, Visit visit) const {
    for (const Pair& pair : pairs_[Index(axis)]) {
      const int other = row[pair.axis];
      if (other >= 0) visit(pair.base + pair.factor * static_cast<uint32_t>(other), pair.stride);
    }
    for (const Wide& wide : wides_[Index(axis)]) {
      uint32_t id = wide.base;
      int lowest = 0;
      for (int i = 0; i < wide.others; ++i) {
        const int other = row[wide.axes[Index(i)]];
        lowest |= other;
        id += wide.factors[Index(i)] * static_cast<uint32_t>(other);
      }
      if (lowest >= 0) visit(id, wide.stride);
    }
  }

  // visit(id) for each tuple of the complete `row`.
  template <typename Visit>
  void ForEachTuple(const int* row, Visit visit) const {
    for (const TupleSet& set : sets_) {
      uint32_t id = set.base;
      for (size_t i = 0; i < set.axes.size(); ++i) {
        id += set.strides[i] * static_cast<uint32_t>(row[set.axes[i]]);
      }
      visit(id);
    }
  }

  // How many sets contain `axis`: the work of changing a cell.
  size_t SetsWith(int axis) const {
    return pairs_[Index(axis)].size() + wides_[Index(axis)].size();
  }

 private:
  struct Pair {
    uint32_t base, stride, factor;
    int axis;
  };
  struct Wide {
    uint32_t base, stride;
    int others;
    std::array<int, kMaxStrength - 1> axes;
    std::array<uint32_t, kMaxStrength - 1> factors;
  };

  void Enter(const TupleSet& set);

  std::vector<int> levels_;
  std::vector<TupleSet> sets_;
  uint32_t size_ = 0;
  std::vector<std::vector<Pair>> pairs_;  // by axis
  std::vector<std::vector<Wide>> wides_;
};

}  // namespace ctestbed

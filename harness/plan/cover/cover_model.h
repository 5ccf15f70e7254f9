// What a covering array is asked to cover: axes as numbers of values, what must not stand together,
// and how strongly the axes are combined. Values only; axes and values are indices from 0.
#pragma once

#include <cstddef>
#include <vector>

namespace ctestbed {

// Axis `axis` has value `value`.
struct Setting {
  int axis = 0;
  int value = 0;

  bool operator==(const Setting&) const = default;
  auto operator<=>(const Setting&) const = default;
};

// Of an axis or a value in a vector.
constexpr size_t Index(int number) {
  return static_cast<size_t>(number);
}

using PartialRow = std::vector<Setting>;
using CoverRow = std::vector<int>;  // the value of every axis, in the order of the axes

// Every feasible combination of values of any `strength` axes out of `axes` appears in some row;
// 0 and 1 ask for each value once. A strength above the number of axes means all of them.
struct StrengthDemand {
  std::vector<int> axes;
  int strength = 2;

  bool operator==(const StrengthDemand&) const = default;
};

inline constexpr int kMaxStrength = 6;

struct CoverModel {
  std::vector<int> levels;            // number of values of each axis, at least 1
  std::vector<PartialRow> forbidden;  // no row contains all settings of one of these
  int strength = 2;                   // of all axes: 0 to kMaxStrength, as in StrengthDemand
  std::vector<StrengthDemand> demands;
  std::vector<PartialRow> required;  // each appears within some row

  bool operator==(const CoverModel&) const = default;
};

}  // namespace ctestbed

#include "model/preset.h"

#include <algorithm>

namespace ctestbed {

std::string CellName(const Cell& cell) {
  std::string name;
  for (const auto& [axis, value] : cell) {
    if (!name.empty()) name += ',';
    name += axis + "=" + value;
  }
  return name;
}

const AxisValue* Axis::Find(std::string_view value) const {
  const auto found = std::find_if(values.begin(), values.end(), [&](const AxisValue& candidate) {
    return candidate.name.value == value;
  });
  return found == values.end() ? nullptr : &*found;
}

const Axis* Preset::FindAxis(std::string_view axis) const {
  const auto found = std::find_if(axes.begin(), axes.end(), [&](const Axis& candidate) {
    return candidate.name.value == axis;
  });
  return found == axes.end() ? nullptr : &*found;
}

}  // namespace ctestbed

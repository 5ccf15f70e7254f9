#include "model/matrix.h"

#include <algorithm>

namespace ctestbed {
namespace {

// Tried assignments of an axis; far more than any matrix needs whose constraints are not a puzzle.
constexpr int kMostSteps = 100'000;

std::vector<Cell> Product(const std::vector<MatrixAxis>& axes) {
  std::vector<Cell> cells{Cell{}};
  for (const MatrixAxis& axis : axes) {
    std::vector<Cell> larger;
    for (const Cell& cell : cells) {
      for (const std::string& value : axis.values) {
        larger.push_back(cell);
        larger.back()[axis.name] = value;
      }
    }
    cells = std::move(larger);
  }
  return cells;
}

std::vector<MatrixAxis> Where(std::vector<MatrixAxis> axes, bool open) {
  std::erase_if(axes, [&](const MatrixAxis& axis) { return axis.open != open; });
  return axes;
}

bool IsOneOf(const std::vector<Located<std::string>>& values, const std::string& wanted) {
  return std::any_of(values.begin(), values.end(),
                     [&](const auto& value) { return value.value == wanted; });
}

// Whether `cell` has a value of `set` on each of its axes.
bool Contains(const CellSet& set, const Preset& preset, const Cell& cell) {
  return std::all_of(set.begin(), set.end(), [&](const auto& entry) {
    if (entry.first == "preset") return IsOneOf(entry.second, preset.name.value);
    const auto value = cell.find(entry.first);
    return value != cell.end() && IsOneOf(entry.second, value->second);
  });
}

// Whether `cell` has another value than those of `set` on one of its axes.
bool IsOutside(const CellSet& set, const Preset& preset, const Cell& cell) {
  return std::any_of(set.begin(), set.end(), [&](const auto& entry) {
    if (entry.first == "preset") return !IsOneOf(entry.second, preset.name.value);
    const auto value = cell.find(entry.first);
    return value != cell.end() && !IsOneOf(entry.second, value->second);
  });
}

bool IsFor(const CellPattern& pattern, const Preset& preset) {
  const auto named = pattern.find("preset");
  return named == pattern.end() || named->second.value == preset.name.value;
}

void Include(std::vector<CellChoice>& choices, const Cell& cell) {
  for (CellChoice& choice : choices) {
    if (std::find(choice.begin(), choice.end(), cell) == choice.end()) continue;
    choice = {cell};
    return;
  }
  choices.push_back({cell});
}

size_t CountProduct(const std::vector<MatrixAxis>& axes) {
  size_t count = 1;
  for (const MatrixAxis& axis : axes) {
    count = std::min(count * axis.values.size(), kMostCells + 1);
  }
  return count;
}

class Search {
 public:
  Search(std::vector<MatrixAxis> axes, const Matrix& matrix, const Preset& preset)
      : axes_(std::move(axes)), matrix_(matrix), preset_(preset) {}

  std::optional<Cell> First() {
    Cell cell;
    if (Extend(cell, 0)) return cell;
    if (steps_ > kMostSteps) return DefaultCell(preset_);
    return std::nullopt;
  }

 private:
  bool Extend(Cell& cell, size_t next) {
    if (next == axes_.size()) return Allows(matrix_, preset_, cell);
    for (const std::string& value : axes_[next].values) {
      if (++steps_ > kMostSteps) return false;
      cell[axes_[next].name] = value;
      if (Allows(matrix_, preset_, cell) && Extend(cell, next + 1)) return true;
    }
    cell.erase(axes_[next].name);
    return false;
  }

  const std::vector<MatrixAxis> axes_;
  const Matrix& matrix_;
  const Preset& preset_;
  int steps_ = 0;
};

}  // namespace

Cell DefaultCell(const Preset& preset) {
  Cell cell;
  for (const Axis& axis : preset.axes) cell[axis.name.value] = axis.values.front().name.value;
  return cell;
}

std::vector<Cell> CellsOf(const Preset& preset) {
  return Product(AxesOf(Suite{}, preset));
}

std::vector<MatrixAxis> AxesOf(const Suite& suite, const Preset& preset) {
  std::vector<MatrixAxis> axes;
  for (const Axis& axis : preset.axes) {
    MatrixAxis& made = axes.emplace_back(MatrixAxis{axis.name.value, {}, false});
    const auto chosen = suite.matrix.axes.find(axis.name.value);
    const bool all =
        chosen == suite.matrix.axes.end() || chosen->second.kind != AxisChoice::Kind::kListed;
    if (all) {
      for (const AxisValue& value : axis.values) made.values.push_back(value.name.value);
      made.open =
          chosen != suite.matrix.axes.end() && chosen->second.kind == AxisChoice::Kind::kAny;
    } else {
      for (const auto& value : chosen->second.values) made.values.push_back(value.value);
    }
  }
  return axes;
}

bool Allows(const Matrix& matrix, const Preset& preset, const Cell& cell) {
  return std::none_of(matrix.never.begin(), matrix.never.end(),
                      [&](const CellSet& set) { return Contains(set, preset, cell); }) &&
         std::none_of(matrix.only_if.begin(), matrix.only_if.end(), [&](const OnlyIf& rule) {
           return Contains(rule.cells, preset, cell) && IsOutside(rule.condition, preset, cell);
         });
}

bool Matches(const CellPattern& pattern, const Preset& preset, const Cell& cell) {
  return IsFor(pattern, preset) &&
         std::all_of(pattern.begin(), pattern.end(), [&](const auto& entry) {
           const auto axis = cell.find(entry.first);
           return entry.first == "preset" ||
                  (axis != cell.end() && axis->second == entry.second.value);
         });
}

std::optional<Cell> IncludedCell(const CellPattern& pattern, const Preset& preset) {
  if (!IsFor(pattern, preset)) return std::nullopt;
  Cell cell = DefaultCell(preset);
  for (const auto& [axis, value] : pattern) {
    if (axis != "preset") cell[axis] = value.value;
  }
  return cell;
}

std::vector<CellChoice> ChoicesOf(const Suite& suite, const Preset& preset) {
  return ChoicesFor(Product(Where(AxesOf(suite, preset), false)), suite, preset);
}

std::vector<CellChoice> ChoicesFor(const std::vector<Cell>& cells, const Suite& suite,
                                   const Preset& preset) {
  const std::vector<Cell> open = Product(Where(AxesOf(suite, preset), true));
  std::vector<CellChoice> choices;
  for (const Cell& cell : cells) {
    CellChoice choice;
    for (Cell completed : open) {
      completed.insert(cell.begin(), cell.end());
      if (Allows(suite.matrix, preset, completed)) choice.push_back(std::move(completed));
    }
    if (!choice.empty()) choices.push_back(std::move(choice));
  }
  for (const CellPattern& pattern : suite.matrix.include) {
    const std::optional<Cell> cell = IncludedCell(pattern, preset);
    if (cell && Allows(suite.matrix, preset, *cell)) Include(choices, *cell);
  }
  return choices;
}

std::optional<Cell> FirstCell(const Suite& suite, const Preset& preset) {
  return Search(AxesOf(suite, preset), suite.matrix, preset).First();
}

size_t CountCells(const Suite& suite, const Preset& preset) {
  return CountProduct(AxesOf(suite, preset));
}

size_t CountOpenCells(const Suite& suite, const Preset& preset) {
  return CountProduct(Where(AxesOf(suite, preset), true));
}

size_t CountCells(const Preset& preset) {
  return CountCells(Suite{}, preset);
}

}  // namespace ctestbed

// The cells of a preset that a suite may run in, by its matrix. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/preset.h"
#include "model/suite.h"

namespace ctestbed {

// The first value of every axis.
Cell DefaultCell(const Preset& preset);

// Every cell of `preset`: the product of its axes in the order written, the last axis fastest.
// Exactly one, empty cell without axes. The caller looks at CountCells first.
std::vector<Cell> CellsOf(const Preset& preset);

// An axis as a suite runs over it.
struct MatrixAxis {
  std::string name;
  std::vector<std::string> values;  // in the order that the suite or else the preset has
  bool open = false;                // `any`: one of the values will do
};
std::vector<MatrixAxis> AxesOf(const Suite& suite, const Preset& preset);

// Whether `never` and `only_if` leave `cell` to a suite. Of a cell without some axes, whether one
// with them may be left.
bool Allows(const Matrix& matrix, const Preset& preset, const Cell& cell);

// Whether `pattern` is about `preset` and `cell` has its values.
bool Matches(const CellPattern& pattern, const Preset& preset, const Cell& cell);

// The cell that a pattern of `include` adds, defaults filled in; nothing where it is about another
// preset.
std::optional<Cell> IncludedCell(const CellPattern& pattern, const Preset& preset);

// Cells of which a run takes one: several where the suite does not care about an axis (`any`), the
// one with the defaults first. Never empty.
using CellChoice = std::vector<Cell>;

// What `suite` runs over in `preset`: the product of its choices in declared order, then the cells
// of `include`, as far as they are allowed. No cell is in two choices. Looks away from `cover`.
std::vector<CellChoice> ChoicesOf(const Suite& suite, const Preset& preset);

// The same for some cells of the axes that are not open, instead of all.
std::vector<CellChoice> ChoicesFor(const std::vector<Cell>& cells, const Suite& suite,
                                   const Preset& preset);

// A cell that `suite` may run in, the first in declared order; nothing when there is none. Where
// that takes too long to find out, the default cell.
std::optional<Cell> FirstCell(const Suite& suite, const Preset& preset);

// How many cells the product above has, at most kMostCells + 1: what is larger is not worth making.
inline constexpr size_t kMostCells = 4096;
size_t CountCells(const Suite& suite, const Preset& preset);
// The same of the axes that are open.
size_t CountOpenCells(const Suite& suite, const Preset& preset);
// Of all axes of the preset.
size_t CountCells(const Preset& preset);

}  // namespace ctestbed

// Which cells a suite runs in: all that its matrix allows, or few that cover what it asks for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "model/matrix.h"
#include "model/plan.h"
#include "plan/cover/cover_in_order.h"

namespace ctestbed {

struct ChosenCells {
  std::vector<CellChoice> choices;
  std::optional<CoverageOutcome> coverage;  // when not all of them are run
};

// What it costs to change each axis of a preset, in AxesOf's order; in milliseconds.
using AxisWeights = std::vector<int64_t>;

// Remembers arrays: many suites ask for the same.
class CellChooser {
 public:
  // `weights` says which cells are dear to go between: rows that follow each other cheaply are
  // taken. kInvalid when what the suite asks for cannot be covered.
  Result<ChosenCells> Choose(const Suite& suite, const Preset& preset,
                             const std::function<AxisWeights()>& weights);

 private:
  struct Array {
    CoverModel model;
    AxisWeights weights;
    std::vector<CoverRow> rows;
    size_t lower_bound = 0;
    size_t tuples = 0;
  };
  Result<Array> ArrayFor(const CoverModel& model, const AxisWeights& weights);

  std::vector<Array> arrays_;
};

}  // namespace ctestbed

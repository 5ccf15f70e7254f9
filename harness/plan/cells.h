// Which cells a suite runs in: all that its matrix allows, or few that cover what it asks for.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "model/matrix.h"
#include "model/plan.h"
#include "plan/cover/cover.h"

namespace ctestbed {

struct ChosenCells {
  std::vector<CellChoice> choices;
  std::optional<CoverageOutcome> coverage;  // when not all of them are run
};

// Remembers arrays: many suites ask for the same.
class CellChooser {
 public:
  // kInvalid when what the suite asks for cannot be covered.
  Result<ChosenCells> Choose(const Suite& suite, const Preset& preset);

 private:
  Result<CoveringArray> ArrayFor(const CoverModel& model);

  std::vector<std::pair<CoverModel, CoveringArray>> arrays_;
};

}  // namespace ctestbed

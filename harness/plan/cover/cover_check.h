// Whether rows are a covering array: shares no code with what makes them, and is meant to be read.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "plan/cover/cover_model.h"

namespace ctestbed {

// The least number of rows that any array for `model` has, by the combinations of one choice of
// axes, or by those that are said to be `apart`: combinations that any array has to contain, no two
// of which fit into one row. `model` is in range. kInvalid with the first thing that is wrong: a
// row that is incomplete, out of range or forbidden, a combination that is feasible but in no row,
// a required row that is missing, a combination that need not have a row of its own.
Result<size_t> CheckCovering(const CoverModel& model, const std::vector<CoverRow>& rows,
                             const std::vector<PartialRow>& apart = {});

}  // namespace ctestbed

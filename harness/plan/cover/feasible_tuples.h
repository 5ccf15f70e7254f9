// Which tuples occur in some row that contains nothing forbidden.
#pragma once

#include <vector>

#include "base/result.h"
#include "plan/cover/constraint_search.h"
#include "plan/cover/tuple_space.h"

namespace ctestbed {

// An entry per tuple of `space`, which was made of `model`, a model with at least one row. Teaches
// `search` every infeasible tuple found. kInvalid when the search had to be given up.
Result<std::vector<bool>> FeasibleTuples(const CoverModel& model, const TupleSpace& space,
                                         ConstraintSearch& search);

}  // namespace ctestbed

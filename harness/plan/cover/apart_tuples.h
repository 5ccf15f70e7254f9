// Combinations of which each needs a row of its own: what proves that no array has fewer rows.
#pragma once

#include <vector>

#include "plan/cover/cover_problem.h"

namespace ctestbed {

// Feasible combinations that the model asks for, no two of which fit into one row: the most that a
// search for a clique finds; none for models of too many combinations. `rows` cover the model, and
// so there are no more of these than of those.
std::vector<PartialRow> ApartTuples(CoverProblem& problem, const std::vector<CoverRow>& rows,
                                    PlanRandom& random);

}  // namespace ctestbed

// A model made ready for those who search for rows.
#pragma once

#include <vector>

#include "base/result.h"
#include "plan/cover/constraint_search.h"
#include "plan/cover/tuple_space.h"

namespace ctestbed {

struct CoverProblem {
  ConstraintSearch search;
  TupleSpace space;
  std::vector<bool> feasible;  // by tuple: whether it is in some row without anything forbidden

  // kInvalid as Cover says it, but for required rows.
  static Result<CoverProblem> Make(const CoverModel& model);
};

}  // namespace ctestbed

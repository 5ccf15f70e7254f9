// Rows one after the other, each the best of a few that are built value by value.
#pragma once

#include <cstdint>

#include "plan/cover/constraint_search.h"
#include "plan/cover/coverage.h"

namespace ctestbed {

class RowBuilder {
 public:
  RowBuilder(const TupleCoverage& coverage, ConstraintSearch& search, PlanRandom& random);

  // A row that contains `start`, which can be completed, and many missing tuples: the best of some
  // candidates (AETG: Cohen, Dalal, Fredman, Patton 1997). Fewer candidates if they are much work.
  CoverRow Build(const PartialRow& start);

 private:
  CoverRow Candidate(const PartialRow& start);
  bool Extend(int axis);

  const TupleCoverage& coverage_;
  ConstraintSearch& search_;
  PlanRandom& random_;
  int candidates_;
  CoverRow row_;  // as assigned in search_
  std::vector<int> order_;
  std::vector<std::pair<int, int>> gains_;  // (-gain, value)
};

}  // namespace ctestbed

// Fewer rows: annealing at a fixed number of rows until nothing is missing, then with a row less.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "plan/cover/constraint_search.h"
#include "plan/cover/coverage.h"

namespace ctestbed {

class LocalSearch {
 public:
  // `rows` cover everything in `coverage`, which they are not added to yet. Row i contains
  // pinned[i], if there is one: it stays, and so do those settings.
  LocalSearch(TupleCoverage coverage, ConstraintSearch& search, std::vector<CoverRow> rows,
              std::vector<PartialRow> pinned, uint64_t seed);

  // At most `iterations` moves; ends early at `enough` rows, or when `stop`, asked now and then,
  // says so. Returns the number of moves.
  uint64_t Run(uint64_t iterations, size_t enough, const std::function<bool()>& stop);

  const std::vector<CoverRow>& best() const { return best_; }

 private:
  void RemoveRow();
  void Step();
  bool IsPinned(size_t row, int axis) const;
  bool Matches(size_t row, const PartialRow& tuple, size_t but) const;
  bool MoveCell(size_t row, Setting to);
  void MoveRow(size_t row, const PartialRow& tuple);
  void Cool();

  TupleCoverage coverage_;
  ConstraintSearch* search_;
  std::vector<CoverRow> rows_;
  std::vector<CoverRow> best_;
  std::vector<PartialRow> pinned_;
  PlanRandom random_;
  int64_t heat_;
  uint64_t cycle_;
  uint64_t in_cycle_ = 0;
};

}  // namespace ctestbed

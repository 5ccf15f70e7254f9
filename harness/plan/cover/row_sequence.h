// The search behind CoverInOrder.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "plan/cover/cover_problem.h"
#include "plan/cover/coverage.h"

namespace ctestbed {

class RowSequence {
 public:
  // `rows` cover all of `problem`, which outlives this.
  RowSequence(const CoverModel& model, const CoverProblem& problem,
              const std::vector<int64_t>& weights, std::vector<CoverRow> rows, uint64_t seed);

  // Only reorders the rows.
  void Order(uint64_t iterations, const std::function<bool()>& stop);
  // Changes rows and order.
  void Search(uint64_t iterations, const std::function<bool()>& stop);
  // Makes room: from now on there are `rows` rows.
  void Lengthen(size_t rows);

  // The cheapest sequence so far that covers everything.
  const std::vector<CoverRow>& best() const { return best_; }
  int64_t best_cost() const { return best_cost_; }

 private:
  struct PinnedRow {
    CoverRow cells;
    std::vector<char> pinned;  // by axis
  };

  void Start(std::vector<CoverRow> rows);
  void Anneal(uint64_t iterations, bool change, const std::function<bool()>& stop);
  int64_t Distance(size_t a, size_t b) const;
  int64_t DistanceOrNone(size_t a, size_t b) const;
  int64_t CostOfCell(size_t row, int axis, int value) const;
  bool MayBecome(size_t row, int axis, int value) const;
  bool Accepts(int64_t delta) { return delta <= 0 || delta <= random_.Tolerance(heat_); }
  void ChangeOneCell(size_t row, int axis, int value);
  void CopyFromNeighbour();
  void CoverMissing();
  void Exchange();
  void Change();
  void Reorder();
  void Reverse();
  void MoveRows();
  void Keep();

  const CoverModel& model_;
  const CoverProblem& problem_;
  const std::vector<int64_t>& weights_;
  PlanRandom random_;
  TupleCoverage coverage_;
  std::vector<PinnedRow> rows_;
  int64_t cost_ = 0;
  int64_t penalty_ = 0;  // of a missing tuple
  int64_t heat_ = 0;
  std::vector<CoverRow> best_;
  int64_t best_cost_ = 0;
};

}  // namespace ctestbed

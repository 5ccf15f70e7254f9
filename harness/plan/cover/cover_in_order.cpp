#include "plan/cover/cover_in_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/cover/change_bound.h"
#include "plan/cover/row_sequence.h"

namespace ctestbed {
namespace {

Status CheckWeights(const CoverModel& model, const std::vector<int64_t>& weights) {
  constexpr int64_t kMost = 1'000'000'000;
  if (weights.size() != model.levels.size()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} weights for {} axes", weights.size(), model.levels.size()));
  }
  for (const int64_t weight : weights) {
    if (weight < 0 || weight > kMost) {
      return Fail(ErrorKind::kInvalid, fmt::format("weight {}: expected 0 to {}", weight, kMost));
    }
  }
  return {};
}

}  // namespace

int64_t ChangeCost(const std::vector<CoverRow>& rows, const std::vector<int64_t>& weights) {
  int64_t cost = 0;
  for (size_t i = 1; i < rows.size(); ++i) {
    for (size_t axis = 0; axis < weights.size(); ++axis) {
      if (rows[i - 1][axis] != rows[i][axis]) cost += weights[axis];
    }
  }
  return cost;
}

Result<OrderedCover> CoverInOrder(const CoverModel& model, const std::vector<int64_t>& weights,
                                  const OrderedCoverOptions& options) {
  TRY_DO(CheckWeights(model, weights));
  TRY(const CoverProblem problem, CoverProblem::Make(model));
  OrderedCover ordered;
  TRY(ordered.smallest, Cover(model, options.cover));
  const std::vector<CoverRow>& rows = ordered.smallest.rows;
  ordered.lower_bound = ChangeBound(model, rows, weights);
  const auto& stop = options.cover.stop;
  RowSequence sequence(model, problem, weights, rows, options.cover.seed);
  sequence.Order(20'000 + 2'000 * rows.size(), stop);
  ordered.separate_cost = sequence.best_cost();

  const size_t extra =
      rows.size() * static_cast<size_t>(std::max(0, options.extra_rows_percent)) / 100;
  sequence.Search(extra > 0 ? options.iterations / 2 : options.iterations, stop);
  if (extra > 0) {
    sequence.Lengthen(rows.size() + extra);
    sequence.Search(options.iterations / 2, stop);
  }
  ordered.rows = sequence.best();
  ordered.cost = sequence.best_cost();
  return ordered;
}

}  // namespace ctestbed

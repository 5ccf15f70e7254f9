#include "plan/cover/cover_in_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

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

size_t Combinations(const std::vector<CoverRow>& rows, const std::vector<int>& axes) {
  std::set<CoverRow> seen;
  for (const CoverRow& row : rows) {
    CoverRow part;
    for (const int axis : axes) part.push_back(row[Index(axis)]);
    seen.insert(std::move(part));
  }
  return seen.size();
}

// The most combinations in the rows, and so feasible ones, of `wanted` of the axes [0, end) of
// `order` and those in `chosen`.
size_t MostCombinations(const std::vector<CoverRow>& rows, const std::vector<int>& order,
                        size_t end, size_t wanted, std::vector<int>& chosen) {
  if (wanted == 0 || end == 0) return Combinations(rows, chosen);
  size_t most = 0;
  for (size_t i = end; i-- > 0 && i + 1 >= std::min(wanted, end);) {
    chosen.push_back(order[i]);
    most = std::max(most, MostCombinations(rows, order, i, wanted - 1, chosen));
    chosen.pop_back();
  }
  return most;
}

int64_t BoundOf(const CoverModel& model, const std::vector<CoverRow>& rows,
                const std::vector<int64_t>& weights) {
  std::vector<int> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return weights[Index(a)] > weights[Index(b)]; });
  const auto strength = static_cast<size_t>(std::max(1, model.strength));
  int64_t bound = 0;
  size_t most = 1;
  for (size_t j = 0; j < order.size(); ++j) {
    // Those that contain axis j; the others were counted before.
    std::vector<int> chosen{order[j]};
    most = std::max(most, MostCombinations(rows, order, j, std::min(strength - 1, j), chosen));
    const int64_t next = j + 1 < order.size() ? weights[Index(order[j + 1])] : 0;
    bound += (weights[Index(order[j])] - next) * static_cast<int64_t>(most - 1);
  }
  return bound;
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
  ordered.lower_bound = BoundOf(model, rows, weights);
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

#include "plan/cover/change_bound.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace ctestbed {
namespace {

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

// With the axes from dear to cheap, at least P - 1 steps change one of the first j, P being the
// most combinations of `strength` of them.
int64_t BoundOfPrefixes(const CoverModel& model, const std::vector<CoverRow>& rows,
                        const std::vector<int64_t>& weights, const std::vector<int>& order) {
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

// Some axes together change at least so often.
struct Demand {
  std::vector<int> axes;
  int64_t changes = 0;
};

constexpr size_t kMostAxes = 24;   // the dearest, of which sets are taken
constexpr size_t kLargestSet = 3;  // of axes
constexpr int64_t kScale = 16;     // parts of a weight that a demand may have

// Of all sets of up to `wanted` of the axes [0, end) of `order` with those in `chosen`: to show n
// combinations takes n - 1 changes at least.
void AddDemands(const std::vector<CoverRow>& rows, const std::vector<int>& order, size_t end,
                size_t wanted, std::vector<int>& chosen, std::vector<Demand>& demands) {
  if (!chosen.empty()) {
    demands.push_back({chosen, static_cast<int64_t>(Combinations(rows, chosen)) - 1});
  }
  if (wanted == 0) return;
  for (size_t i = 0; i < end; ++i) {
    chosen.push_back(order[i]);
    AddDemands(rows, order, i, wanted - 1, chosen, demands);
    chosen.pop_back();
  }
}

// How often each axis changes is at least what a linear program says, and its dual shares out the
// weight of each axis to the demands that have it: any sharing gives a bound. Found by the simplex
// method, from sharing nothing.
class Sharing {
 public:
  Sharing(const std::vector<Demand>& demands, const std::vector<int64_t>& weights)
      : demands_(demands), weights_(weights), basis_(weights.size()) {
    const size_t columns = demands.size() + weights.size();
    for (size_t axis = 0; axis < weights.size(); ++axis) {
      table_.emplace_back(columns + 1);
      table_[axis][demands.size() + axis] = 1;
      table_[axis][columns] = static_cast<double>(weights[axis]);
      basis_[axis] = demands.size() + axis;
    }
    gains_.resize(columns + 1);
    for (size_t i = 0; i < demands.size(); ++i) {
      gains_[i] = static_cast<double>(demands[i].changes);
      for (const int axis : demands[i].axes) table_[Index(axis)][i] = 1;
    }
  }

  int64_t Bound() {
    for (size_t steps = 20 * weights_.size(); steps > 0 && Improve(); --steps) {
    }
    // In whole numbers, so that no rounding makes it too large.
    std::vector<int64_t> left;
    for (const int64_t weight : weights_) left.push_back(kScale * weight);
    int64_t bound = 0;
    for (size_t row = 0; row < basis_.size(); ++row) {
      if (basis_[row] >= demands_.size()) continue;
      const Demand& demand = demands_[basis_[row]];
      auto share = static_cast<int64_t>(std::floor(table_[row].back() * double{kScale} + 0.001));
      for (const int axis : demand.axes) share = std::min(share, left[Index(axis)]);
      for (const int axis : demand.axes) left[Index(axis)] -= share;
      bound += share * demand.changes;
    }
    return (bound + kScale - 1) / kScale;
  }

 private:
  static constexpr double kNone = 1e-9;

  // Shares more with the demand that gains most for it.
  bool Improve() {
    const auto enters =
        static_cast<size_t>(std::max_element(gains_.begin(), gains_.end() - 1) - gains_.begin());
    if (gains_[enters] < kNone) return false;
    size_t leaves = table_.size();
    double least = 0;
    for (size_t row = 0; row < table_.size(); ++row) {
      if (table_[row][enters] < kNone) continue;
      const double ratio = table_[row].back() / table_[row][enters];
      if (leaves < table_.size() && ratio >= least) continue;
      least = ratio;
      leaves = row;
    }
    if (leaves == table_.size()) return false;
    Pivot(leaves, enters);
    return true;
  }

  void Pivot(size_t leaves, size_t enters) {
    std::vector<double>& pivot = table_[leaves];
    const double by = pivot[enters];
    for (double& value : pivot) value /= by;
    const auto eliminate = [&](std::vector<double>& row) {
      const double factor = row[enters];
      if (factor == 0) return;
      for (size_t i = 0; i < row.size(); ++i) row[i] -= factor * pivot[i];
    };
    for (size_t row = 0; row < table_.size(); ++row) {
      if (row != leaves) eliminate(table_[row]);
    }
    eliminate(gains_);
    basis_[leaves] = enters;
  }

  const std::vector<Demand>& demands_;
  const std::vector<int64_t>& weights_;
  std::vector<size_t> basis_;               // demand of each row; beyond all demands: none
  std::vector<std::vector<double>> table_;  // shares of the basis last
  std::vector<double> gains_;
};

int64_t BoundOfSets(const CoverModel& model, const std::vector<CoverRow>& rows,
                    const std::vector<int64_t>& weights, const std::vector<int>& order) {
  std::vector<Demand> demands;
  std::vector<int> chosen;
  const auto strength = static_cast<size_t>(std::max(1, model.strength));
  AddDemands(rows, order, std::min(order.size(), kMostAxes), std::min(strength, kLargestSet),
             chosen, demands);
  return Sharing(demands, weights).Bound();
}

}  // namespace

int64_t ChangeBound(const CoverModel& model, const std::vector<CoverRow>& rows,
                    const std::vector<int64_t>& weights) {
  if (weights.empty()) return 0;
  std::vector<int> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return weights[Index(a)] > weights[Index(b)]; });
  return std::max(BoundOfPrefixes(model, rows, weights, order),
                  BoundOfSets(model, rows, weights, order));
}

}  // namespace ctestbed

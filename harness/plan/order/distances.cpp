#include "plan/order/distances.h"

namespace ctestbed {
namespace {

constexpr int kMatrixSize = 2048;  // 16 MB
constexpr int kLane = 4;           // numbers that the processor compares at once

}  // namespace

Distances::Distances(const StepCosts& costs, std::vector<int> environments)
    : costs_(costs),
      environments_(std::move(environments)),
      size_(static_cast<int>(environments_.size()) + 1),
      slots_(static_cast<int>(costs.problem().slots.size())),
      stride_((slots_ + kLane - 1) / kLane * kLane),
      states_(Index(size_, stride_)),
      weights_(Index(size_, stride_)),
      totals_(static_cast<size_t>(size_)) {
  const OrderProblem& problem = costs.problem();
  for (int vertex = 1; vertex < size_; ++vertex) {
    const SlotStates& row = problem.environments[static_cast<size_t>(Environment(vertex))];
    for (size_t slot = 0; slot < row.size(); ++slot) {
      const SlotState& state = problem.slots[slot].states[row[slot]];
      const size_t at = Index(vertex, stride_) + slot;
      states_[at] = row[slot];
      weights_[at] = static_cast<int32_t>((state.start + state.stop).count());
      totals_[static_cast<size_t>(vertex)] += weights_[at];
    }
  }
  if (size_ > kMatrixSize) return;
  std::vector<int32_t> matrix(Index(size_, size_));
  for (int a = 0; a < size_; ++a) {
    for (int b = 0; b < a; ++b) {
      const int32_t distance = Compute(a, b);
      matrix[Index(a, size_) + static_cast<size_t>(b)] = distance;
      matrix[Index(b, size_) + static_cast<size_t>(a)] = distance;
    }
  }
  matrix_ = std::move(matrix);
}

int32_t Distances::Compute(int a, int b) const {
  if (!costs_.IsSeparable()) return costs_.RoundTrip(Environment(a), Environment(b));
  const int32_t* const states_a = States(a);
  const int32_t* const states_b = States(b);
  const int32_t* const weights = Weights(a);
  int32_t shared = 0;
  for (int slot = 0; slot < stride_; ++slot) {
    shared += states_a[slot] == states_b[slot] ? weights[slot] : 0;
  }
  return totals_[static_cast<size_t>(a)] + totals_[static_cast<size_t>(b)] - 2 * shared;
}

int64_t Distances::Length(const std::vector<int>& tour) const {
  int64_t length = 0;
  for (size_t i = 0; i < tour.size(); ++i) {
    length += (*this)(tour[i], tour[i + 1 == tour.size() ? 0 : i + 1]);
  }
  return length;
}

}  // namespace ctestbed

// Environments as points, for everything that asks for very many distances.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/order/step_costs.h"

namespace ctestbed {

// Vertex 0 is the empty environment, vertex v > 0 is environments[v - 1]. A distance is a round
// trip (StepCosts::RoundTrip): symmetric, and a closed tour through vertex 0 costs half its length.
// Borrows `costs`.
class Distances {
 public:
  Distances(const StepCosts& costs, std::vector<int> environments);

  int size() const { return size_; }
  // Of the problem; kNothing for vertex 0.
  int Environment(int vertex) const {
    return vertex == 0 ? kNothing : environments_[static_cast<size_t>(vertex) - 1];
  }
  const StepCosts& costs() const { return costs_; }

  int32_t operator()(int a, int b) const {
    return matrix_.empty() ? Compute(a, b) : matrix_[Index(a, size_) + static_cast<size_t>(b)];
  }
  int64_t Length(const std::vector<int>& tour) const;  // closed

  // Per slot an identity of the state, equal exactly when the state is; padded.
  const int32_t* States(int vertex) const { return &states_[Index(vertex, stride_)]; }
  // Per slot start and stop of the state together, in ms; padded with 0.
  const int32_t* Weights(int vertex) const { return &weights_[Index(vertex, stride_)]; }
  int slots() const { return slots_; }

 private:
  static size_t Index(int row, int width) {
    return static_cast<size_t>(row) * static_cast<size_t>(width);
  }
  int32_t Compute(int a, int b) const;

  const StepCosts& costs_;
  std::vector<int> environments_;
  int size_;
  int slots_;
  int stride_;
  std::vector<int32_t> states_;
  std::vector<int32_t> weights_;
  std::vector<int32_t> totals_;  // of the weights of a vertex
  std::vector<int32_t> matrix_;  // of small instances
};

}  // namespace ctestbed

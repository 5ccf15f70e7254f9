// For each vertex the few others that are worth being next to it.
#pragma once

#include <span>
#include <vector>

#include "plan/order/distances.h"
#include "plan/order/sorted_tour.h"

namespace ctestbed {

struct Neighbour {
  int vertex = 0;
  int32_t distance = 0;
};

class Neighbours {
 public:
  // The `count` nearest of every vertex, nearest first. Beyond a few thousand vertices, of those
  // that stand close by in one of several orders sorted by slots: near enough, in O(n log n).
  Neighbours(const Distances& distances, const std::vector<CostAxis>& axes, int count);

  std::span<const Neighbour> Of(int vertex) const {
    return {&nearest_[static_cast<size_t>(vertex) * width_], width_};
  }

  size_t Width() const { return width_; }

 private:
  // Keeps the nearest of `candidates`, which may repeat.
  void Choose(const Distances& distances, int vertex, std::vector<int>& candidates);

  size_t width_;
  std::vector<Neighbour> nearest_;
  std::vector<std::pair<int32_t, int>> scratch_;
};

}  // namespace ctestbed

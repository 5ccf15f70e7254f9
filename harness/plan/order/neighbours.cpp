#include "plan/order/neighbours.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace ctestbed {
namespace {

constexpr int kMostByForce = 4000;
constexpr int kWindow = 3;  // to each side, in each sorted order

// Vertices sorted by as many axes as fit into 64 bits, in the order `axes` lists them.
std::vector<int> SortedBy(const std::vector<CostAxis>& axes, const std::vector<size_t>& order,
                          int size) {
  std::vector<std::pair<uint64_t, int>> keys(static_cast<size_t>(size) - 1);
  for (int i = 0; i < size - 1; ++i) keys[static_cast<size_t>(i)].second = i + 1;
  int free = 64;
  for (const size_t index : order) {
    const CostAxis& axis = axes[index];
    const auto bits = static_cast<int>(std::bit_width(static_cast<unsigned>(axis.size - 1)));
    if (bits > free) break;
    free -= bits;
    for (auto& [key, vertex] : keys) {
      key = key << bits | static_cast<uint64_t>(axis.values[static_cast<size_t>(vertex)]);
    }
  }
  std::sort(keys.begin(), keys.end());
  std::vector<int> sorted;
  sorted.reserve(keys.size());
  for (const auto& [key, vertex] : keys) sorted.push_back(vertex);
  return sorted;
}

// By dearness, by cheapness, and for each axis by dearness with that axis last: environments that
// differ in it alone stand together.
std::vector<std::vector<int>> SortedOrders(const std::vector<CostAxis>& axes, int size) {
  std::vector<size_t> dearness(axes.size());
  std::iota(dearness.begin(), dearness.end(), size_t{0});
  std::vector<std::vector<int>> orders{SortedBy(axes, dearness, size)};
  for (size_t last = 0; last < axes.size(); ++last) {
    std::vector<size_t> order = dearness;
    order.erase(order.begin() + static_cast<std::ptrdiff_t>(last));
    order.push_back(last);
    orders.push_back(SortedBy(axes, order, size));
    order = dearness;
    std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(last), order.end());
    if (last > 0) orders.push_back(SortedBy(axes, order, size));
  }
  return orders;
}

}  // namespace

Neighbours::Neighbours(const Distances& distances, const std::vector<CostAxis>& axes, int count)
    : width_(static_cast<size_t>(std::min(count, distances.size() - 1))),
      nearest_(width_ * static_cast<size_t>(distances.size())) {
  const int size = distances.size();
  std::vector<int> all(static_cast<size_t>(size));
  std::iota(all.begin(), all.end(), 0);
  Choose(distances, 0, all);
  if (size <= kMostByForce) {
    for (int vertex = 1; vertex < size; ++vertex) Choose(distances, vertex, all);
    return;
  }
  const auto orders = SortedOrders(axes, size);
  std::vector<std::vector<int>> places;
  for (const auto& order : orders) {
    std::vector<int>& place = places.emplace_back(static_cast<size_t>(size));
    for (size_t i = 0; i < order.size(); ++i) {
      place[static_cast<size_t>(order[i])] = static_cast<int>(i);
    }
  }
  std::vector<int> candidates;
  for (int vertex = 1; vertex < size; ++vertex) {
    candidates.assign(1, 0);
    for (size_t i = 0; i < orders.size(); ++i) {
      const int place = places[i][static_cast<size_t>(vertex)];
      const int end = std::min(place + kWindow + 1, size - 1);
      for (int at = std::max(place - kWindow, 0); at < end; ++at) {
        candidates.push_back(orders[i][static_cast<size_t>(at)]);
      }
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    Choose(distances, vertex, candidates);
  }
}

void Neighbours::Choose(const Distances& distances, int vertex, std::vector<int>& candidates) {
  scratch_.clear();
  for (const int other : candidates) {
    if (other != vertex) scratch_.emplace_back(distances(vertex, other), other);
  }
  const size_t chosen = std::min(width_, scratch_.size());
  const auto middle = scratch_.begin() + static_cast<std::ptrdiff_t>(chosen);
  std::partial_sort(scratch_.begin(), middle, scratch_.end());
  for (size_t i = 0; i < width_; ++i) {
    const auto& [distance, other] = scratch_[std::min(i, chosen - 1)];
    nearest_[static_cast<size_t>(vertex) * width_ + i] = {other, distance};
  }
}

}  // namespace ctestbed

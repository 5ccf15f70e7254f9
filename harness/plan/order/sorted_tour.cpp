#include "plan/order/sorted_tour.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace ctestbed {
namespace {

// Values of one slot, numbered as they appear; slots with the same numbering change together.
std::vector<int> Numbering(const Distances& distances, int slot) {
  std::vector<int> numbers;
  std::vector<int> known(UINT16_MAX + 1, -1);
  int count = 0;
  for (int vertex = 1; vertex < distances.size(); ++vertex) {
    int& number = known[static_cast<size_t>(distances.States(vertex)[slot])];
    if (number < 0) number = count++;
    numbers.push_back(number);
  }
  return numbers;
}

// Replaces numbers by ranks: by cost ascending, but the dearest to the very front.
void RankValues(const Distances& distances, CostAxis& axis) {
  std::vector<std::pair<int64_t, int>> costs(static_cast<size_t>(axis.size));
  for (int vertex = 1; vertex < distances.size(); ++vertex) {
    const int value = axis.values[static_cast<size_t>(vertex)];
    int64_t cost = 0;
    for (const int slot : axis.slots) cost += distances.Weights(vertex)[slot];
    costs[static_cast<size_t>(value)] = {cost, value};
  }
  std::sort(costs.begin(), costs.end());
  if (costs.size() > 1) axis.change = costs[0].first + costs[1].first;
  std::rotate(costs.begin(), costs.end() - 1, costs.end());
  std::vector<int> rank(costs.size());
  for (size_t i = 0; i < costs.size(); ++i) {
    rank[static_cast<size_t>(costs[i].second)] = static_cast<int>(i);
  }
  for (size_t vertex = 1; vertex < axis.values.size(); ++vertex) {
    axis.values[vertex] = rank[static_cast<size_t>(axis.values[vertex])];
  }
}

// Every state that there is comes and goes once at least.
int64_t StatesBound(const Distances& distances) {
  int64_t bound = 0;
  for (int slot = 0; slot < distances.slots(); ++slot) {
    std::vector<bool> seen(UINT16_MAX + 1);
    seen[0] = true;
    for (int vertex = 1; vertex < distances.size(); ++vertex) {
      const auto state = static_cast<size_t>(distances.States(vertex)[slot]);
      if (seen[state]) continue;
      seen[state] = true;
      bound += 2 * int64_t{distances.Weights(vertex)[slot]};
    }
  }
  return bound;
}

// Distributes vertices over the values of one axis after the other.
class Reflector {
 public:
  Reflector(const std::vector<CostAxis>& axes, std::vector<int>& tour)
      : axes_(axes), backwards_(axes.size()), tour_(tour) {}

  void Append(std::vector<int> vertices, size_t level) {
    if (level == axes_.size() || vertices.size() == 1) {
      tour_.insert(tour_.end(), vertices.begin(), vertices.end());
      return;
    }
    const CostAxis& axis = axes_[level];
    const auto value = [&axis](int vertex) { return axis.values[static_cast<size_t>(vertex)]; };
    if (backwards_[level]) {
      std::stable_sort(vertices.begin(), vertices.end(),
                       [&](int a, int b) { return value(a) > value(b); });
    } else {
      std::stable_sort(vertices.begin(), vertices.end(),
                       [&](int a, int b) { return value(a) < value(b); });
    }
    backwards_[level] = !backwards_[level];
    for (auto begin = vertices.begin(); begin != vertices.end();) {
      const auto end = std::find_if(begin, vertices.end(),
                                    [&](int vertex) { return value(vertex) != value(*begin); });
      Append({begin, end}, level + 1);
      begin = end;
    }
  }

 private:
  const std::vector<CostAxis>& axes_;
  std::vector<bool> backwards_;
  std::vector<int>& tour_;
};

}  // namespace

std::vector<CostAxis> AxesOf(const Distances& distances) {
  std::vector<CostAxis> axes;
  std::map<std::vector<int>, size_t> known;
  for (int slot = 0; slot < distances.slots(); ++slot) {
    std::vector<int> numbers = Numbering(distances, slot);
    if (numbers.empty()) continue;
    const auto [at, added] = known.emplace(numbers, axes.size());
    if (added) {
      CostAxis axis;
      axis.size = *std::max_element(numbers.begin(), numbers.end()) + 1;
      numbers.insert(numbers.begin(), 0);
      axis.values = std::move(numbers);
      axes.push_back(std::move(axis));
    }
    axes[at->second].slots.push_back(slot);
  }
  std::erase_if(axes, [](const CostAxis& axis) { return axis.size < 2; });
  for (CostAxis& axis : axes) RankValues(distances, axis);
  std::stable_sort(axes.begin(), axes.end(),
                   [](const CostAxis& a, const CostAxis& b) { return a.change > b.change; });
  return axes;
}

std::vector<int> SortedTour(const Distances& distances, const std::vector<CostAxis>& axes) {
  std::vector<int> vertices(static_cast<size_t>(distances.size()) - 1);
  std::iota(vertices.begin(), vertices.end(), 1);
  std::vector<int> tour{0};
  if (!vertices.empty()) Reflector(axes, tour).Append(std::move(vertices), 0);
  return tour;
}

int64_t ProjectionBound(const Distances& distances, const std::vector<CostAxis>& axes,
                        const std::vector<int>& tour) {
  if (tour.size() < 2) return 0;
  int64_t bound = 0;
  for (size_t i = 1; i + 1 < tour.size(); ++i) {
    const auto first = std::find_if(axes.begin(), axes.end(), [&](const CostAxis& axis) {
      return axis.values[static_cast<size_t>(tour[i])] !=
             axis.values[static_cast<size_t>(tour[i + 1])];
    });
    if (first != axes.end()) bound += first->change;
  }
  // The first and the last environment; a lone one is both.
  int64_t least = std::numeric_limits<int64_t>::max();
  int64_t second = least;
  for (int vertex = 1; vertex < distances.size(); ++vertex) {
    const int64_t cost = distances(0, vertex);
    second = std::min(second, std::max(least, cost));
    least = std::min(least, cost);
  }
  return std::max(bound + least + (tour.size() == 2 ? least : second), StatesBound(distances));
}

}  // namespace ctestbed

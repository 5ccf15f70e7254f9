#include "plan/order/sorted_tour.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

namespace ctestbed {
namespace {

// The axis of one slot, its values numbered as they appear; slots with the same numbering change
// together.
CostAxis Numbering(const Distances& distances, int slot) {
  CostAxis axis{.slots = {slot}};
  axis.values.reserve(static_cast<size_t>(distances.size()));
  axis.values.push_back(0);
  std::vector<int> known(UINT16_MAX + 1, -1);
  for (int vertex = 1; vertex < distances.size(); ++vertex) {
    int& number = known[static_cast<size_t>(distances.States(vertex)[slot])];
    if (number < 0) number = axis.size++;
    axis.values.push_back(number);
  }
  return axis;
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
      : axes_(axes), backwards_(axes.size()), tour_(tour), scratch_(tour.size()) {}

  // Those in these places of the tour.
  void Sort(size_t begin, size_t end, size_t level) {
    if (level == axes_.size() || end - begin < 2) return;
    const CostAxis& axis = axes_[level];
    const auto values = static_cast<size_t>(axis.size);
    const bool backwards = backwards_[level];
    backwards_[level] = !backwards;
    const auto rank = [&](int vertex) {
      const auto value = static_cast<size_t>(axis.values[static_cast<size_t>(vertex)]);
      return backwards ? values - 1 - value : value;
    };
    const auto at = [](auto& list, size_t place) {
      return list.begin() + static_cast<std::ptrdiff_t>(place);
    };
    if (values < end - begin) {
      // Of many vertices the places are counted.
      std::vector<size_t> ends(values + 1, begin);
      for (size_t i = begin; i < end; ++i) ++ends[rank(tour_[i]) + 1];
      for (size_t value = 1; value <= values; ++value) ends[value] += ends[value - 1] - begin;
      for (size_t i = begin; i < end; ++i) scratch_[ends[rank(tour_[i])]++] = tour_[i];
      std::copy(at(scratch_, begin), at(scratch_, end), at(tour_, begin));
    } else {
      std::stable_sort(at(tour_, begin), at(tour_, end),
                       [&](int a, int b) { return rank(a) < rank(b); });
    }
    for (size_t from = begin; from < end;) {
      size_t to = from + 1;
      while (to < end && rank(tour_[to]) == rank(tour_[from])) ++to;
      Sort(from, to, level + 1);
      from = to;
    }
  }

 private:
  const std::vector<CostAxis>& axes_;
  std::vector<bool> backwards_;
  std::vector<int>& tour_;
  std::vector<int> scratch_;
};

}  // namespace

std::vector<CostAxis> AxesOf(const Distances& distances) {
  std::vector<CostAxis> axes;
  for (int slot = 0; slot < distances.slots(); ++slot) {
    CostAxis axis = Numbering(distances, slot);
    if (axis.size < 2) continue;
    const auto same = std::find_if(axes.begin(), axes.end(), [&](const CostAxis& other) {
      return other.values == axis.values;
    });
    if (same == axes.end()) {
      axes.push_back(std::move(axis));
    } else {
      same->slots.push_back(slot);
    }
  }
  for (CostAxis& axis : axes) RankValues(distances, axis);
  std::stable_sort(axes.begin(), axes.end(),
                   [](const CostAxis& a, const CostAxis& b) { return a.change > b.change; });
  return axes;
}

std::vector<int> SortedTour(const Distances& distances, const std::vector<CostAxis>& axes) {
  std::vector<int> tour(static_cast<size_t>(distances.size()));
  std::iota(tour.begin(), tour.end(), 0);
  Reflector(axes, tour).Sort(1, tour.size(), 0);
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

#include "plan/order/rival_tours.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

namespace ctestbed {

std::vector<int> DeclaredTour(const Distances& distances) {
  std::vector<int> tour(static_cast<size_t>(distances.size()));
  std::iota(tour.begin(), tour.end(), 0);
  return tour;
}

std::vector<int> NearestTour(const Distances& distances) {
  std::vector<int> left(static_cast<size_t>(distances.size()) - 1);
  std::iota(left.begin(), left.end(), 1);
  std::vector<int> tour{0};
  while (!left.empty()) {
    auto nearest = left.begin();
    int32_t least = std::numeric_limits<int32_t>::max();
    for (auto at = left.begin(); at != left.end(); ++at) {
      const int32_t distance = distances(tour.back(), *at);
      if (distance < least || (distance == least && *at < *nearest)) {
        least = distance;
        nearest = at;
      }
    }
    tour.push_back(*nearest);
    *nearest = left.back();
    left.pop_back();
  }
  return tour;
}

namespace {

using Key = std::pair<int, int32_t>;  // slot and state

class PytestOrder {
 public:
  explicit PytestOrder(const Distances& distances)
      : distances_(distances), done_(static_cast<size_t>(distances.size())) {
    for (int vertex = 1; vertex < distances.size(); ++vertex) {
      waiting_.push_back(vertex);
      for (int slot = 0; slot < distances.slots(); ++slot) {
        const int32_t state = distances.States(vertex)[slot];
        if (state != 0) items_[{slot, state}].push_back(vertex);
      }
    }
  }

  std::vector<int> Order() {
    std::vector<int> tour{0};
    while (!waiting_.empty()) {
      const int item = waiting_.front();
      waiting_.pop_front();
      if (done_[static_cast<size_t>(item)]) continue;
      if (const std::optional<Key> key = LastUnusedKey(item)) {
        const std::vector<int>& pulled = items_[*key];
        waiting_.insert(waiting_.begin(), pulled.begin(), pulled.end());
        used_[*key] = true;
      } else {
        done_[static_cast<size_t>(item)] = true;
        tour.push_back(item);
      }
    }
    return tour;
  }

 private:
  std::optional<Key> LastUnusedKey(int item) const {
    for (int slot = distances_.slots(); slot-- > 0;) {
      const int32_t state = distances_.States(item)[slot];
      if (state != 0 && !used_.contains({slot, state})) return Key{slot, state};
    }
    return std::nullopt;
  }

  const Distances& distances_;
  std::deque<int> waiting_;
  std::vector<bool> done_;
  std::map<Key, std::vector<int>> items_;
  std::map<Key, bool> used_;
};

}  // namespace

std::vector<int> PytestTour(const Distances& distances) {
  return PytestOrder(distances).Order();
}

std::vector<int> TestresourcesTour(const Distances& distances) {
  const auto size = static_cast<size_t>(distances.size());
  std::vector<std::vector<int>> children(size);
  std::vector<int> parent(size);
  std::vector<int32_t> least(size, std::numeric_limits<int32_t>::max());
  std::vector<int> left = DeclaredTour(distances);
  for (int joined = 0; !left.empty();) {
    left.erase(std::find(left.begin(), left.end(), joined));
    int nearest = -1;
    for (const int vertex : left) {
      const int32_t distance = distances(joined, vertex);
      if (distance < least[static_cast<size_t>(vertex)]) {
        least[static_cast<size_t>(vertex)] = distance;
        parent[static_cast<size_t>(vertex)] = joined;
      }
      if (nearest < 0 || least[static_cast<size_t>(vertex)] < least[static_cast<size_t>(nearest)]) {
        nearest = vertex;
      }
    }
    if (nearest >= 0) {
      children[static_cast<size_t>(parent[static_cast<size_t>(nearest)])].push_back(nearest);
    }
    joined = nearest;
  }
  std::vector<int> tour;
  std::vector<int> stack{0};
  while (!stack.empty()) {
    const int vertex = stack.back();
    stack.pop_back();
    tour.push_back(vertex);
    const auto& next = children[static_cast<size_t>(vertex)];
    stack.insert(stack.end(), next.rbegin(), next.rend());
  }
  return tour;
}

}  // namespace ctestbed

#include "plan/order/exact_tour.h"

#include <algorithm>
#include <limits>

namespace ctestbed {
namespace {

// best[set * n + last]: the shortest way from 0 through `set` that ends at `last`.
std::vector<int64_t> ShortestWays(const Distances& distances, int n) {
  const auto width = static_cast<size_t>(n);
  std::vector<int64_t> best(width << n, std::numeric_limits<int64_t>::max());
  for (int i = 0; i < n; ++i) {
    best[(width << i) + static_cast<size_t>(i)] = distances(0, i + 1);
  }
  for (size_t set = 1; set < size_t{1} << n; ++set) {
    for (size_t last = 0; last < width; ++last) {
      const int64_t here = best[set * width + last];
      if ((set >> last & 1) == 0) continue;
      for (size_t next = 0; next < width; ++next) {
        if ((set >> next & 1) != 0) continue;
        int64_t& there = best[(set | size_t{1} << next) * width + next];
        const int64_t step = distances(static_cast<int>(last) + 1, static_cast<int>(next) + 1);
        there = std::min(there, here + step);
      }
    }
  }
  return best;
}

}  // namespace

std::vector<int> ExactTour(const Distances& distances) {
  const int n = distances.size() - 1;
  const std::vector<int64_t> best = ShortestWays(distances, n);
  const auto width = static_cast<size_t>(n);
  std::vector<int> tour;
  int after = 0;
  for (size_t set = (size_t{1} << n) - 1; set != 0;) {
    int chosen = -1;
    int64_t least = std::numeric_limits<int64_t>::max();
    for (int last = 0; last < n; ++last) {
      if ((set >> last & 1) == 0) continue;
      const int64_t length =
          best[set * width + static_cast<size_t>(last)] + distances(last + 1, after);
      if (length < least) {
        least = length;
        chosen = last;
      }
    }
    after = chosen + 1;
    tour.push_back(after);
    set &= ~(size_t{1} << chosen);
  }
  tour.push_back(0);
  std::reverse(tour.begin(), tour.end());
  return tour;
}

}  // namespace ctestbed

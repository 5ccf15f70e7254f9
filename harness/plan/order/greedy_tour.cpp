#include "plan/order/greedy_tour.h"

#include <tuple>

#include "plan/order/disjoint_sets.h"

namespace ctestbed {
namespace {

struct Links {
  int first = -1;
  int second = -1;  // only when there is a first
};

// Pieces of paths.
class Pieces {
 public:
  explicit Pieces(size_t size) : sets_(size), links_(size) {}

  void Link(int a, int b) {
    if (Of(a).second >= 0 || Of(b).second >= 0 || !sets_.Join(a, b)) return;
    (Of(a).first < 0 ? Of(a).first : Of(a).second) = b;
    (Of(b).first < 0 ? Of(b).first : Of(b).second) = a;
  }
  // The vertex after `at` when coming from `before`, which is -1 at an end.
  int Next(int at, int before) { return Of(at).first == before ? Of(at).second : Of(at).first; }
  // The end of the piece of `vertex`, in the direction of its first or second link.
  int End(int vertex, bool first) {
    int before = vertex;
    int at = vertex;
    for (int next = first ? Of(at).first : Of(at).second; next >= 0; next = Next(at, before)) {
      before = at;
      at = next;
    }
    return at;
  }

 private:
  Links& Of(int vertex) { return links_[static_cast<size_t>(vertex)]; }

  DisjointSets sets_;
  std::vector<Links> links_;
};

}  // namespace

std::vector<int> GreedyTour(const Distances& distances, const Neighbours& neighbours,
                            const std::vector<int>& sorted) {
  std::vector<std::tuple<int32_t, int, int>> edges;
  for (int a = 0; a < distances.size(); ++a) {
    for (const auto& [b, distance] : neighbours.Of(a)) {
      edges.emplace_back(distance, std::min(a, b), std::max(a, b));
    }
  }
  std::sort(edges.begin(), edges.end());
  Pieces pieces(sorted.size());
  for (const auto& [length, a, b] : edges) pieces.Link(a, b);
  std::vector<int> tour;
  std::vector<bool> taken(sorted.size());
  for (const int vertex : sorted) {
    if (taken[static_cast<size_t>(vertex)]) continue;
    int end = pieces.End(vertex, true);
    const int other = pieces.End(vertex, false);
    if (!tour.empty() && distances(tour.back(), other) < distances(tour.back(), end)) end = other;
    for (int at = end, before = -1; at >= 0;) {
      tour.push_back(at);
      taken[static_cast<size_t>(at)] = true;
      const int next = pieces.Next(at, before);
      before = at;
      at = next;
    }
  }
  return tour;
}

}  // namespace ctestbed

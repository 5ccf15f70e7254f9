#include "plan/order/lower_bound.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <tuple>

#include "plan/order/neighbours.h"

namespace ctestbed {
namespace {

constexpr int64_t kScale = 1024;   // weights are fractions of a millisecond
constexpr int kDenseAscent = 400;  // vertices up to which steps look at every pair
constexpr int kSparseWidth = 12;
constexpr int kSparseRounds = 8;
constexpr int64_t kFar = std::numeric_limits<int64_t>::max();

struct TreeEdge {
  int64_t length;  // scaled, weights included
  int a;
  int b;
};

// A spanning tree of the vertices but 0, and each of these with its edge to 0.
struct OneTree {
  std::vector<TreeEdge> edges;
  std::vector<TreeEdge> to_nothing;  // ascending
};

class Ascent {
 public:
  Ascent(const Distances& distances, const std::vector<int>& tour, const BoundOptions& options)
      : distances_(distances),
        options_(options),
        upper_(distances.Length(tour) * kScale),
        weights_(tour.size()),
        momentum_(tour.size()) {
    if (distances.size() - 1 > kDenseAscent) BuildGraph(tour);
  }

  // One ascent for one lane and, from there, one for all; the best weights of both are tried for
  // every number of lanes.
  std::vector<int64_t> Bounds() {
    std::vector<int64_t> bounds(static_cast<size_t>(options_.lanes));
    Ascend(1, bounds);
    if (options_.lanes > 1) Ascend(options_.lanes, bounds);
    return bounds;
  }

 private:
  static int64_t ToLength(int64_t scaled) {
    return scaled <= 0 ? 0 : (scaled + kScale - 1) / kScale;
  }

  int64_t Weight(int vertex) const { return weights_[static_cast<size_t>(vertex)]; }
  int64_t Length(int a, int b) const { return kScale * distances_(a, b) + Weight(a) + Weight(b); }

  void BuildGraph(const std::vector<int>& tour) {
    graph_.emplace(tour.size());
    const Neighbours neighbours(distances_, AxesOf(distances_), kSparseWidth);
    for (int vertex = 1; vertex < distances_.size(); ++vertex) {
      for (const Neighbour& other : neighbours.Of(vertex)) Connect(vertex, other.vertex);
    }
    for (size_t i = 2; i < tour.size(); ++i) Connect(tour[i - 1], tour[i]);
  }

  void Connect(int a, int b) {
    if (a == 0 || b == 0) return;
    auto& of_a = (*graph_)[static_cast<size_t>(a)];
    if (std::find(of_a.begin(), of_a.end(), b) != of_a.end()) return;
    of_a.push_back(b);
    (*graph_)[static_cast<size_t>(b)].push_back(a);
  }

  void Finish(OneTree& tree) const {
    // What is dropped for several lanes stands last.
    const auto last =
        tree.edges.end() - std::min(options_.lanes - 1, static_cast<int>(tree.edges.size()));
    const auto by_length = [](const TreeEdge& a, const TreeEdge& b) {
      return std::tie(a.length, a.a, a.b) < std::tie(b.length, b.a, b.b);
    };
    if (options_.lanes > 1) {
      std::nth_element(tree.edges.begin(), last, tree.edges.end(), by_length);
      std::sort(last, tree.edges.end(), by_length);
    }
    for (int vertex = 1; vertex < distances_.size(); ++vertex) {
      tree.to_nothing.push_back({Length(0, vertex), 0, vertex});
    }
    const auto most =
        std::min<size_t>(tree.to_nothing.size(), 2 * static_cast<size_t>(options_.lanes));
    std::partial_sort(tree.to_nothing.begin(),
                      tree.to_nothing.begin() + static_cast<std::ptrdiff_t>(most),
                      tree.to_nothing.end(), by_length);
  }

  // Prim's algorithm over every pair.
  OneTree DenseTree() const {
    OneTree tree;
    const int size = distances_.size();
    std::vector<int64_t> least(static_cast<size_t>(size), kFar);
    std::vector<int> parent(static_cast<size_t>(size));
    std::vector<int> left;
    for (int vertex = 2; vertex < size; ++vertex) left.push_back(vertex);
    for (int joined = 1; !left.empty();) {
      size_t nearest = 0;
      int64_t shortest = kFar;
      for (size_t i = 0; i < left.size(); ++i) {
        const auto vertex = static_cast<size_t>(left[i]);
        const int64_t length = Length(joined, left[i]);
        if (length < least[vertex]) {
          least[vertex] = length;
          parent[vertex] = joined;
        }
        if (least[vertex] < shortest) {
          shortest = least[vertex];
          nearest = i;
        }
      }
      joined = left[nearest];
      left[nearest] = left.back();
      left.pop_back();
      tree.edges.push_back({shortest, parent[static_cast<size_t>(joined)], joined});
    }
    Finish(tree);
    return tree;
  }

  // The same over the sparse graph, which the tour makes connected.
  OneTree SparseTree() const {
    OneTree tree;
    std::vector<bool> in(weights_.size());
    using Entry = std::tuple<int64_t, int, int>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    std::vector<int64_t> least(weights_.size(), kFar);
    const auto join = [&](int vertex) {
      in[static_cast<size_t>(vertex)] = true;
      for (const int other : (*graph_)[static_cast<size_t>(vertex)]) {
        const int64_t length = Length(vertex, other);
        if (in[static_cast<size_t>(other)] || length >= least[static_cast<size_t>(other)]) continue;
        least[static_cast<size_t>(other)] = length;
        queue.emplace(length, other, vertex);
      }
    };
    join(1);
    while (!queue.empty()) {
      const auto [length, vertex, parent] = queue.top();
      queue.pop();
      if (in[static_cast<size_t>(vertex)]) continue;
      tree.edges.push_back({length, parent, vertex});
      join(vertex);
    }
    Finish(tree);
    return tree;
  }

  // Without its longest edges a tree is the shortest forest; a tour of one environment uses the
  // edge to nothing twice.
  template <typename Use>
  static void ForEachEdge(const OneTree& tree, int lanes, Use use) {
    const size_t dropped = std::min(tree.edges.size(), static_cast<size_t>(lanes) - 1);
    for (size_t i = 0; i + dropped < tree.edges.size(); ++i) use(tree.edges[i]);
    const bool twice = lanes > 1 || tree.to_nothing.size() == 1;
    for (size_t i = 0; i < 2 * static_cast<size_t>(lanes); ++i) {
      use(tree.to_nothing[std::min(twice ? i / 2 : i, tree.to_nothing.size() - 1)]);
    }
  }

  int64_t ValueOf(const OneTree& tree, int lanes) const {
    int64_t value = 0;
    ForEachEdge(tree, lanes, [&value](const TreeEdge& edge) { value += edge.length; });
    for (const int64_t weight : weights_) value -= 2 * weight;
    return value;
  }

  // By how much each vertex has more than two edges.
  std::vector<int> ExcessDegrees(const OneTree& tree, int lanes) const {
    std::vector<int> degrees(weights_.size(), -2);
    ForEachEdge(tree, lanes, [&degrees](const TreeEdge& edge) {
      ++degrees[static_cast<size_t>(edge.a)];
      ++degrees[static_cast<size_t>(edge.b)];
    });
    degrees[0] = 0;
    return degrees;
  }

  // After a round the sparse graph gets what the dense tree shows to be missing.
  void Ascend(int lanes, std::vector<int64_t>& bounds) {
    const int rounds = graph_ ? kSparseRounds : 1;
    for (int round = 0; round < rounds; ++round) {
      std::vector<int64_t> best_weights = weights_;
      Climb(options_.steps * round / rounds, options_.steps * (round + 1) / rounds, lanes,
            best_weights);
      // The ascent goes on from where it is; only what it has found is taken from its best moment.
      std::swap(weights_, best_weights);
      const OneTree tree = DenseTree();
      for (int l = 1; l <= options_.lanes; ++l) {
        int64_t& bound = bounds[static_cast<size_t>(l) - 1];
        bound = std::max(bound, ToLength(ValueOf(tree, l)));
      }
      if (round + 1 < rounds) std::swap(weights_, best_weights);
      if (graph_) {
        for (const TreeEdge& edge : tree.edges) Connect(edge.a, edge.b);
      }
    }
  }

  // How far a step changes the weight of a vertex for each edge too many: at first an average edge,
  // then ever less, by halves, straight between them. The more steps, the smaller the last.
  int64_t Reach(int step) const {
    const int64_t edge = upper_ / static_cast<int64_t>(weights_.size());
    const int64_t first = edge * std::clamp(options_.steps, 500, 1000) / 1000;
    const auto halvings =
        static_cast<int64_t>(std::bit_width(static_cast<unsigned>(std::max(options_.steps, 100))));
    const int64_t at = 256 * halvings * step / options_.steps;
    return std::max<int64_t>((first >> at / 256) * (512 - at % 256) / 512, 1);
  }

  // Subgradient steps with some momentum. Their lengths do not depend on how far the bound is from
  // the tour: where that gap is large, or stays, steps by its size overshoot or end too early. In
  // whole numbers, as far as processors differ.
  void Climb(int begin, int end, int lanes, std::vector<int64_t>& best_weights) {
    int64_t best = std::numeric_limits<int64_t>::min();
    for (int step = begin; step < end; ++step) {
      const OneTree tree = graph_ ? SparseTree() : DenseTree();
      const int64_t value = ValueOf(tree, lanes);
      if (value > best) {
        best = value;
        best_weights = weights_;
      }
      const std::vector<int> degrees = ExcessDegrees(tree, lanes);
      const bool tour = std::all_of(degrees.begin(), degrees.end(), [](int d) { return d == 0; });
      if (tour || (lanes == 1 && value >= upper_)) break;
      const int64_t reach = Reach(step);
      for (size_t i = 1; i < degrees.size(); ++i) {
        momentum_[i] = (4 * kUnit * degrees[i] + 6 * momentum_[i]) / 10;
        weights_[i] += reach * momentum_[i] / kUnit;
      }
    }
  }

  static constexpr int64_t kUnit = 64;  // of momentum

  const Distances& distances_;
  const BoundOptions& options_;
  int64_t upper_;
  std::vector<int64_t> weights_;   // of vertices
  std::vector<int64_t> momentum_;  // of their changes
  std::optional<std::vector<std::vector<int>>> graph_;
};

}  // namespace

std::vector<int64_t> TreeBounds(const Distances& distances, const std::vector<int>& tour,
                                const BoundOptions& options) {
  if (tour.size() < 2 || distances.size() > options.most_dense) {
    return std::vector<int64_t>(static_cast<size_t>(options.lanes));
  }
  return Ascent(distances, tour, options).Bounds();
}

}  // namespace ctestbed

// How short no tour can be: Held and Karp's 1-tree bound (1970), raised by subgradient steps.
//
// A closed tour through vertex 0 is a tree over the other vertices and two edges to 0. Adding a
// weight to all edges of a vertex, and taking it off twice, changes no tour's length but which tree
// is the shortest. Any weights give a bound, so that only the last tree has to be the shortest of
// the complete graph. Valid where distances are a metric (StepCosts::IsMetric).
#pragma once

#include <cstdint>
#include <vector>

#include "plan/order/distances.h"

namespace ctestbed {

struct BoundOptions {
  int steps = 1000;
  int lanes = 1;            // bounds for up to so many
  int most_dense = 20'000;  // a check of every pair of vertices beyond this takes minutes
};

// [l - 1]: a lower bound of the length of l closed tours through vertex 0 that have the other
// vertices between them (a forest of l pieces, and 2 l edges to 0). `tour` is a good one.
// All 0 for instances too large to be checked.
std::vector<int64_t> TreeBounds(const Distances& distances, const std::vector<int>& tour,
                                const BoundOptions& options);

}  // namespace ctestbed

// Orders by nested loops over the slots, the dearest outermost, and what they prove.
#pragma once

#include <vector>

#include "plan/order/distances.h"

namespace ctestbed {

// Slots whose states change together, over all environments: one axis of a matrix, as far as costs
// can tell. The dearest first, by the cheapest change that there can be between two of its values.
struct CostAxis {
  std::vector<int> slots;
  int64_t change = 0;  // least round trip between two values
  // The value of each vertex, 0 for vertex 0. Values are ranked so that the two dearest are first
  // and last: those are left only once.
  std::vector<int> values;
  int size = 0;  // number of values
};
std::vector<CostAxis> AxesOf(const Distances& distances);

// The closed tour from 0 that turns the innermost axis fastest and to and fro: a mixed-radix
// reflected Gray code when the environments are all cells of a product.
std::vector<int> SortedTour(const Distances& distances, const std::vector<CostAxis>& axes);

// A lower bound of the length of every closed tour over all vertices: an order has to change one
// of the first j axes at least once less than there are different beginnings of that many axes, and
// has to start and stop each state once.
// `tour` is the SortedTour. Equal to its length on products of axes whose values cost the same.
int64_t ProjectionBound(const Distances& distances, const std::vector<CostAxis>& axes,
                        const std::vector<int>& tour);

}  // namespace ctestbed

// How others would order: to be no worse than any of them. Closed tours from vertex 0.
#pragma once

#include <vector>

#include "plan/order/distances.h"

namespace ctestbed {

std::vector<int> DeclaredTour(const Distances& distances);
// Always to the nearest environment that is left.
std::vector<int> NearestTour(const Distances& distances);
// As pytest's reorder_items_atscope, 8.3: every state of a slot is a key, slots in order; what
// shares the last unused key of the first remaining item is pulled forward.
std::vector<int> PytestTour(const Distances& distances);
// As testresources' OptimisingTestSuite, 2.0: a walk of the minimum spanning tree, from nothing.
std::vector<int> TestresourcesTour(const Distances& distances);

}  // namespace ctestbed

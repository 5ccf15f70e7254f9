// In which order the batches of a lane follow each other: the seam for anything cleverer.
#pragma once

#include <cstddef>
#include <vector>

#include "model/plan.h"

namespace ctestbed {

// Indices of `batches` in the order to run them. This one leaves them as their suites are declared.
std::vector<size_t> DeclaredOrder(const std::vector<Batch>& batches);

}  // namespace ctestbed

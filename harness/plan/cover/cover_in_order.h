// Covering arrays whose rows follow each other with little change: which rows, and in which order,
// are chosen together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plan/cover/cover.h"

namespace ctestbed {

struct OrderedCoverOptions {
  CoverOptions cover;             // of the smallest array, which is where the search starts
  uint64_t iterations = 500'000;  // moves of the search for rows and order together
  int extra_rows_percent = 0;     // so many rows more than the smallest array may be used
};

struct OrderedCover {
  std::vector<CoverRow> rows;  // in the order to run them
  int64_t cost = 0;            // ChangeCost of it
  CoveringArray smallest;      // the smallest found, from which the search started
  int64_t separate_cost = 0;   // of that array in the best order found; never below `cost`
  int64_t lower_bound = 0;     // no array in any order costs less

  bool operator==(const OrderedCover&) const = default;
};

// The summed weights of the axes that differ, over all neighbouring rows.
int64_t ChangeCost(const std::vector<CoverRow>& rows, const std::vector<int64_t>& weights);

// `weights`: what changing each axis costs, in any unit, 0 to 10^9. Errors are those of Cover, and
// kInvalid for weights out of range. Annealing over rows in sequence: missing tuples cost more the
// longer there are any; moves copy values between neighbours and reorder rows.
Result<OrderedCover> CoverInOrder(const CoverModel& model, const std::vector<int64_t>& weights,
                                  const OrderedCoverOptions& options = {});

}  // namespace ctestbed

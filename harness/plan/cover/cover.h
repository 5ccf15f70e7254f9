// Covering arrays: few rows that contain every feasible combination a model asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "plan/cover/cover_model.h"

namespace ctestbed {

struct CoverOptions {
  uint64_t seed = 1;
  // Moves of local search beyond those of the fast mode; 10^6 take about a second. The result is
  // the same on every machine, as long as `stop` does not end it.
  uint64_t iterations = 0;
  size_t enough = 0;           // no search for fewer rows than this
  std::function<bool()> stop;  // asked now and then; true keeps the best rows so far
};

struct CoveringArray {
  std::vector<CoverRow> rows;  // complete, none contains anything forbidden; never empty
  size_t feasible_tuples = 0;  // of all that the model asks for, not counting those within larger
  size_t infeasible_tuples = 0;
  size_t lower_bound = 0;  // no array has fewer rows
  // So many combinations, no two of which fit into one row, where that proves more than counting
  // those of the same axes.
  std::vector<PartialRow> apart;
  bool optimal = false;     // rows.size() == lower_bound
  uint64_t iterations = 0;  // made of those allowed

  bool operator==(const CoveringArray&) const = default;
};

// kInvalid for a model out of range (CheckModel), of too many tuples, one that no row satisfies
// (the message tells the constraints), and for a required row that is excluded.
Result<CoveringArray> Cover(const CoverModel& model, const CoverOptions& options = {});

}  // namespace ctestbed

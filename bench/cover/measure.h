// One model, one measurement, one verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cover/instances.h"
#include "plan/cover/cover.h"

namespace ctestbed {

struct Limits {
  double time_s = 1;  // for each model, unless a target says otherwise
  uint64_t seed = 1;
};

struct Measured {
  CoverInstance instance;
  std::string error;    // why there is no array, or what the checker found wrong with one
  CoveringArray array;  // of the whole time
  double array_s = 0;
  size_t fast_rows = 0;  // of the fast mode
  double fast_s = 0;
  size_t rival_rows = 0;  // best of 20 seeds of PictLikeRows, 0 if not asked
};

struct Verdict {
  std::string target;  // C1, ...
  std::string what;
  std::string value;
  std::string wanted;
  bool met = false;
};

// Runs the fast mode, then a search of `limits`; both arrays go through the checker.
Measured Measure(CoverInstance instance, const Limits& limits);

Verdict NeverLargerThanRivals(const std::vector<Measured>& all);  // C1
Verdict PublishedSizes(const std::vector<Measured>& all);         // C3
Verdict ProvenOptimal(const std::vector<Measured>& all);          // C5
Verdict SameBytesAndNoFalseRows(uint64_t seed);                   // D1

}  // namespace ctestbed

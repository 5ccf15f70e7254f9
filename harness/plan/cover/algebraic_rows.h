// Covering arrays by construction, for axes that all have the same number of values and no
// constraints: what local search cannot find.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "plan/cover/cover_model.h"
#include "plan/plan_random.h"

namespace ctestbed {

// An orthogonal array: levels^strength rows, so none is smaller. Empty if none is known here:
// - polynomials over a finite field (Bush 1952), up to levels + 1 axes, one more for strength 3 and
//   an even field; products of those for levels that are no prime power (MacNeish 1922);
// - sums modulo `levels` for up to strength + 1 axes;
// - a quasi-difference matrix for four axes of ten values (Parker 1959).
std::vector<CoverRow> OrthogonalRows(int levels, size_t axes, int strength);

// Pairwise, group + fixed values, group * axes rows besides those that cover the fixed values: all
// rotations and translations of one row that annealing finds (cover starters: Lobb, Colbourn,
// Danziger, Stevens, Torres-Jimenez 2012). The fixed values are the last ones. Empty if no row was
// found in so many iterations, or until `stop`, asked now and then, says so.
std::vector<CoverRow> StarterRows(int group, int fixed, size_t axes, uint64_t iterations,
                                  const std::function<bool()>& stop, PlanRandom& random);
// False if counting shows that there is no such row.
bool MayHaveStarter(int group, int fixed, size_t axes);

}  // namespace ctestbed

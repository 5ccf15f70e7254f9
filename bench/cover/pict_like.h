// A rival to compare with where no published numbers apply.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "plan/cover/cover_model.h"

namespace ctestbed {

// Rows in the way of PICT (J. Czerwonka, Pairwise Testing in Real World, PNSQC 2006), written anew:
// a row starts with a missing combination of the axes that miss most, and takes the combination
// that covers most of what is missing until it is full; rows are never looked at again. Pairwise
// only.
Result<std::vector<CoverRow>> PictLikeRows(const CoverModel& model, uint64_t seed);

}  // namespace ctestbed

// Which batches run side by side.
#pragma once

#include <vector>

#include "base/result.h"
#include "model/plan.h"

namespace ctestbed {

// Sets what each batch changes of the one before it, and what that costs; the first starts all.
void FillChanges(std::vector<Batch>& batches);

// `batches` in at most so many lanes, none of them empty, changes filled in: neighbours stay
// together, and the fullest lane is as short as can be, by the estimated time of changes and runs.
std::vector<Lane> SpreadOverLanes(std::vector<Batch> batches, int lanes);

// kInvalid when two lanes want the same port of the host at once.
Status CheckLanes(const std::vector<Lane>& lanes);

}  // namespace ctestbed

// What batches that run side by side must not share.
#pragma once

#include <vector>

#include "base/result.h"
#include "model/plan.h"

namespace ctestbed {

// kInvalid when two lanes want the same port of the host at once.
Status CheckLanes(const std::vector<Lane>& lanes);

}  // namespace ctestbed

// Which runs the user asked for.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/suite.h"
#include "plan/plan.h"

namespace ctestbed {

bool IsSelected(const Run& run, const Selection& selection);

// kInvalid when an entry of `selection` matches none of `runs`, or the whole of it none; names what
// there is.
Status CheckSelection(const std::vector<Run>& runs, const Selection& selection);

}  // namespace ctestbed

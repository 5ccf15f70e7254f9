// Which runs the user asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/suite.h"
#include "plan/plan.h"

namespace ctestbed {

// Whether all of `text` fits `pattern`, in which `*` is any text and `?` any one byte.
bool MatchesGlob(std::string_view pattern, std::string_view text);

bool IsSelected(const Run& run, const Selection& selection);

// kInvalid when an entry of `selection` matches none of `runs`, or the whole of it none; names what
// there is.
Status CheckSelection(const std::vector<Run>& runs, const Selection& selection);

}  // namespace ctestbed

// Failures as workflow commands of GitHub Actions, which shows them beside the lines of the suites:
// "::error file=F,line=L,title=T::MESSAGE".
#pragma once

#include <string>
#include <vector>

#include "model/event.h"

namespace ctestbed {

// A line for each failure, at most ten, since GitHub shows no more of a step; what broke an
// environment first.
std::string RenderAnnotations(const std::vector<Event>& events);

}  // namespace ctestbed

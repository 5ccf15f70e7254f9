// What a session teaches. Pure.
#pragma once

#include <string>
#include <vector>

#include "history/sample.h"

namespace ctestbed {

// The samples in the events of a session, in their order; events may be cut off at any point. Only
// what was complete counts: no node that failed, no run that was blocked, and of a session that was
// aborted neither runs that ended as errors nor the hasty stops of its teardown.
std::vector<Sample> ObservationsIn(const std::vector<Event>& events, const std::string& project);

}  // namespace ctestbed

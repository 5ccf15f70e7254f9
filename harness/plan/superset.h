// Runs that bear more nodes than their own join larger environments.
#pragma once

#include <vector>

#include "plan/expand.h"

namespace ctestbed {

// Gives each run of a suite that says so (Suite::superset) the smallest environment that others
// need anyway and that has all of its own: equal nodes, networks, volumes and secrets, the same
// seed and preparation. Runs that want theirs renewed stay as they are.
void JoinSupersets(std::vector<ExpandedRun>& runs, const std::vector<Suite>& suites);

}  // namespace ctestbed

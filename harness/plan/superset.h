// Runs that bear more nodes than their own join larger environments.
#pragma once

#include <vector>

#include "plan/expand.h"

namespace ctestbed {

// Whether `large` has all that `small` has: equal nodes, networks, volumes and secrets, and the
// same seed and preparation.
bool Contains(const Topology& large, const Topology& small);

// Gives each run of a suite that says so (Suite::superset) the smallest environment that others
// need anyway and that contains its own, if there is one. Runs that want it fresh stay as they are.
void JoinSupersets(std::vector<ExpandedRun>& runs, const std::vector<Suite>& suites);

}  // namespace ctestbed

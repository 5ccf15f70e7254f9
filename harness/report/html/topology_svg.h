// An environment drawn: a box for each node, an arrow to each node that it depends on.
#pragma once

#include <string>
#include <vector>

#include "report/html/deployments.h"

namespace ctestbed {

// Layers from the left, each node right of all that depend on it; nodes of a layer ordered so that
// arrows cross little. Any graph is drawn, also one with cycles or with unknown names.
std::string TopologySvg(const std::vector<NodeStory>& nodes);

}  // namespace ctestbed

// What an environment tells of its nodes, and how it puts values into their texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/reference.h"
#include "base/result.h"
#include "model/event.h"
#include "model/topology.h"

namespace ctestbed {

// The port of `node` called `name`, its first where that is empty; null when there is none.
const Port* FindPort(const Node& node, std::string_view name);

// What the event stream tells of the nodes of `topology`.
std::vector<NodeFacts> FactsOf(const Topology& topology);

// Each of `texts` with its references replaced; see Expand.
Result<std::vector<std::string>> ExpandAll(const std::vector<std::string>& texts,
                                           const Lookup& lookup);

}  // namespace ctestbed

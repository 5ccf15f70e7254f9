// Changes of the number of a node's replicas, which leave those that stay alone.
#pragma once

#include "model/topology.h"

namespace ctestbed {

// The node whose addresses change on the way from `current` to `desired` though `node` names them;
// null when there is none.
const Node* MovedUnder(const Node& node, const Topology& current, const Topology& desired);

// Whether `node` of `desired` is in `current` with another number of replicas and otherwise the
// same, and names nobody who moves.
bool OnlyResizes(const Node& node, const Topology& current, const Topology& desired);

}  // namespace ctestbed

// Finding and removing what bears the labels of an owner.
#pragma once

#include <string>
#include <vector>

#include "driver/docker/engine.h"
#include "io/clock.h"

namespace ctestbed {

// Removes containers, networks and volumes that bear the label of `owner`, and of `environment` if
// it is not empty, until a listing finds none. Returns what went: "container NAME", "network NAME",
// "volume NAME"; kTimeout names what is left at `deadline`.
Result<std::vector<std::string>> SweepEngine(const Engine& engine, Clock& clock,
                                             const std::string& owner,
                                             const std::string& environment, TimePoint deadline);

// Owners of whatever bears a label of ours, sorted.
Result<std::vector<std::string>> OwnersOnEngine(const Engine& engine, TimePoint deadline);

}  // namespace ctestbed

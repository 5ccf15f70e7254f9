// From what is written to what is meant: a preset in a cell as a topology. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/preset.h"
#include "model/suite.h"
#include "model/topology.h"

namespace ctestbed {

// Environment variables as written.
using Variables = std::map<std::string, Located<std::string>>;

// The nodes of `preset` in `cell` with every overlay merged in, in order of first mention, still
// with marks; `name.mark` is the first mention. An axis that `cell` does not name takes its
// default. Environments are complete, later wins: `host` < preset < node < axis value < `suite`;
// the part of an axis value that is for every node beats what a node of the preset says.
std::vector<NodeOverlay> MergedNodes(const Preset& preset, const Cell& cell, const Variables& suite,
                                     const Variables& host);

// What `preset` declares in `cell` beside its nodes: networks, volumes, seed steps and secrets. A
// later one takes the place of that of its name.
Topology DeclarationsOf(const Preset& preset, const Cell& cell);

// The variables that a run of `suite` in `cell` gives every node, overrides of its matrix included.
std::map<std::string, std::string> EnvironmentOf(const Suite& suite, const Preset& preset,
                                                 const Cell& cell);
// The same as what a backend is asked to run. References are left in the texts.
Topology Resolve(const Preset& preset, const Cell& cell,
                 const std::map<std::string, std::string>& suite_environment,
                 const std::map<std::string, std::string>& host_environment);

}  // namespace ctestbed

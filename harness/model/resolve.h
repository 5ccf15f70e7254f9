// From what is written to what is meant: a preset in a cell as a topology, a suite's matrix as
// cells. Pure.
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

// The first value of every axis.
Cell DefaultCell(const Preset& preset);

// Every cell of `preset`: the product of its axes in the order written, the last axis fastest.
// Exactly one, empty cell without axes. The caller looks at CountCells first.
std::vector<Cell> CellsOf(const Preset& preset);

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

// Cells of which a run takes one: several where the suite does not care about an axis (`any`), the
// one with the defaults first. Never empty.
using CellChoice = std::vector<Cell>;

// What `suite` runs over in `preset`: the product of its choices in declared order, then the cells
// of `include`, less those of `exclude`. No cell is in two choices.
std::vector<CellChoice> ChoicesOf(const Suite& suite, const Preset& preset);

// How many cells the product above has, at most kMostCells + 1: what is larger is not worth making.
inline constexpr size_t kMostCells = 4096;
size_t CountCells(const Suite& suite, const Preset& preset);
size_t CountCells(const Preset& preset);

}  // namespace ctestbed

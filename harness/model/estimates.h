// How long things are going to take, and which runs are likely to fail: what history/ has learned,
// as plain values for who plans.
#pragma once

#include <map>
#include <string>

#include "base/duration.h"
#include "model/suite.h"
#include "model/topology.h"

namespace ctestbed {

// The defaults hold as long as nothing like it was ever measured.
struct NodeEstimate {
  Duration start{1000};  // until it is ready
  Duration stop{200};
  Duration reset{200};  // to what it was when it became ready

  bool operator==(const NodeEstimate&) const = default;
};

struct RunEstimate {
  Duration duration{1000};
  // How much of what it did lately has failed: from 0, never, to 1, always.
  double failure = 0;

  bool operator==(const RunEstimate&) const = default;
};

// "PRESET/NODE"
std::string PresetNode(const std::string& preset, const std::string& node);

// Of one project on one backend. Empty when nothing is known.
struct Estimates {
  std::map<std::string, NodeEstimate> nodes;  // by DigestOf
  // For digests that are not known: by PresetNode, and by name for presets that are not known.
  std::map<std::string, NodeEstimate> nodes_by_name;
  std::map<std::string, RunEstimate> runs;           // by RunName
  std::map<std::string, RunEstimate> runs_by_suite;  // for cells that are not known

  // What is known of the node, else of others of its name in the preset, else anywhere, else the
  // defaults. The first is for who has the digests at hand.
  NodeEstimate Of(const std::string& digest, const std::string& preset,
                  const std::string& name) const;
  NodeEstimate Of(const Node& node, const std::string& preset) const {
    return Of(DigestOf(node), preset, node.name);
  }
  // Of the run, else of others of its suite, else the defaults.
  RunEstimate Of(const Run& run) const;

  bool operator==(const Estimates&) const = default;
};

// The same in powers of two: the plan of a project whose times vary a little stays as it is, and
// with it the names of its tests.
Estimates Coarse(Estimates estimates);

}  // namespace ctestbed

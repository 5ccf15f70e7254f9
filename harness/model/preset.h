// A preset as written: layers of overlays, still with references and marks.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/topology.h"

namespace ctestbed {

// One value per axis, by name. Axes that a preset does not have are not in it.
using Cell = std::map<std::string, std::string>;

// "store=redis,transport=json"; empty for the empty cell.
std::string CellName(const Cell& cell);

// What an overlay says of one node; absent members leave the layer below as it is. Maps merge by
// key, lists and scalars replace.
struct NodeOverlay {
  Located<std::string> name;
  std::optional<Located<std::string>> app_id;
  std::optional<NodeKind> kind;
  std::optional<Duration> timeout;
  std::optional<std::vector<Located<std::string>>> services;
  std::optional<int> replicas;
  std::optional<std::vector<Located<std::string>>> command;
  std::optional<std::vector<Located<std::string>>> args;
  std::optional<Located<std::string>> image;
  std::optional<Located<std::string>> working_directory;
  std::map<std::string, Located<std::string>> environment;
  std::optional<std::vector<Port>> ports;
  std::optional<PortHandoff> port_handoff;
  std::optional<ProbeSpec> ready;
  std::map<std::string, Located<DependencyState>> depends_on;
  std::optional<StopSpec> stop;
  std::optional<SeedStep> reset;
  std::map<std::string, Located<Mount>> mounts;  // located where the source is
  ContainerSpec container;

  bool operator==(const NodeOverlay&) const = default;
};

struct Overlay {
  std::map<std::string, Located<std::string>> environment;  // of every node
  std::vector<NodeOverlay> nodes;                           // by name; new ones are added
  std::map<std::string, Network> networks;
  std::set<std::string> volumes;
  std::vector<SeedStep> seed;                   // by name; new ones come last
  std::map<std::string, SecretSource> secrets;  // by name

  bool operator==(const Overlay&) const = default;
};

struct AxisValue {
  Located<std::string> name;
  Overlay overlay;

  bool operator==(const AxisValue&) const = default;
};

struct Axis {
  Located<std::string> name;
  std::vector<AxisValue> values;  // at least one; the first is the default

  const AxisValue* Find(std::string_view value) const;
  bool operator==(const Axis&) const = default;
};

struct Preset {
  Located<std::string> name;
  std::string file;
  std::string description;
  std::string category;
  std::vector<Located<std::string>> backends;  // it can be deployed on no other; empty: on any
  std::vector<PrepareStep> prepare;
  Timeouts timeouts;
  std::vector<Overlay> layers;  // those of the extended preset first, its own last
  std::vector<Axis> axes;       // in the order written, inherited ones first

  const Axis* FindAxis(std::string_view axis) const;
  bool operator==(const Preset&) const = default;
};

}  // namespace ctestbed

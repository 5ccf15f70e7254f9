// A topology: what a backend is asked to run. Plain values; config/ makes the presets they come
// from, plan/ resolves a preset and a cell to one, the supervisor brings it to life.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/duration.h"

namespace ctestbed {

// A named port of a node. In a container the node listens on `number`; a process listens on the
// host port itself. `host` 0 means that a free port is leased at deploy time.
struct Port {
  std::string name;
  int number = 0;
  int host = 0;

  bool operator==(const Port&) const = default;
};

// When a node counts as ready. `arguments` is what the probe called `kind` understands; its marks
// still point into the preset.
struct ProbeSpec {
  std::string kind;
  Document arguments;
  std::string port;  // name of the node's port to probe; empty: its first
  Duration within{30'000};

  bool operator==(const ProbeSpec&) const = default;
};

enum class DependencyState { kStarted, kReady };

struct StopSpec {
  Duration grace{5'000};  // between SIGTERM and SIGKILL

  bool operator==(const StopSpec&) const = default;
};

// How a leased port is handed to a process: `kHold` keeps it bound (without listening) until the
// node ends, which a server with SO_REUSEADDR does not notice; `kRelease` lets go just before exec.
enum class PortHandoff { kHold, kRelease };

struct Node {
  std::string name;
  std::string app_id;  // what routing calls it; default: the name
  std::vector<std::string> services;
  int replicas = 1;
  std::vector<std::string> command;  // argv; may hold ${...} references
  std::string image;
  std::string working_directory;  // absolute; empty: a fresh private directory per start
  std::map<std::string, std::string> environment;  // complete; may hold ${...} references
  std::vector<Port> ports;                         // the first is the default one
  PortHandoff port_handoff = PortHandoff::kHold;
  std::optional<ProbeSpec> ready;
  std::map<std::string, DependencyState> depends_on;
  StopSpec stop;

  bool operator==(const Node&) const = default;
};

struct Topology {
  std::vector<Node> nodes;

  const Node* Find(std::string_view name) const;
  bool operator==(const Topology&) const = default;
};

// Identity of what a backend would run: equal digests may be reused for each other. Covers every
// field but marks.
std::string DigestOf(const Node& node);
std::string DigestOf(const Topology& topology);

// Node names, each after those it depends on; empty when there is a cycle.
std::vector<std::string> StartOrder(const Topology& topology);

}  // namespace ctestbed

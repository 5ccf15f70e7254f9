// A topology: what a backend is asked to run. Plain values; config/ makes the presets they come
// from, plan/ resolves a preset and a cell to one, the supervisor brings it to life.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/duration.h"
#include "model/container.h"
#include "model/secret.h"
#include "model/seed.h"

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
  Duration interval{0};  // between questions; 0: steps that grow from 5 ms to 100 ms
  Duration timeout{0};   // of one answer; 0: 2 s, and twice as long after each that is late

  bool operator==(const ProbeSpec&) const = default;
};

// A server runs until it is stopped; a job has completed when it ends with exit code 0.
enum class NodeKind { kServer, kJob };

// What a node waits for: kStarted and kReady of servers, kCompleted of jobs.
enum class DependencyState { kStarted, kReady, kCompleted };
std::string_view DependencyStateName(DependencyState state);

struct StopSpec {
  Duration grace{5'000};  // between SIGTERM and SIGKILL

  bool operator==(const StopSpec&) const = default;
};

// How a leased port is handed to a process: `kHold` keeps it bound (without listening) until the
// node ends, which a server with SO_REUSEADDR does not notice; `kRelease` lets go just before exec.
enum class PortHandoff { kHold, kRelease };

enum class MountKind {
  kContent,  // `source` is the text of a file; may hold ${...} references
  kFrom,     // `source` is the path of a file that is copied as it is
  kBind,     // `source` is a path of the host that the node sees itself
  kVolume,   // `source` names a volume of the topology
  kSecret,   // `source` is the reference to a secret, whose value is the text of a file
};

// A file or directory that a node finds at the place that its ${mount.NAME} stands for.
struct Mount {
  MountKind kind = MountKind::kContent;
  std::string source;
  std::string target;       // path in a container; a process finds it where the backend put it
  std::string digest = {};  // of the file that kFrom names, when it was read; what a bound path
                            // or a volume holds makes no difference to the node
  bool read_only = false;

  bool operator==(const Mount&) const = default;
};

struct Node {
  std::string name;
  NodeKind kind = NodeKind::kServer;
  std::string app_id;  // what routing calls it; default: the name
  std::vector<std::string> services;
  int replicas = 1;
  std::vector<std::string> command;  // argv; may hold ${...} references
  std::vector<std::string> args;     // what follows the command, or that of the image; likewise
  std::string image;
  std::string working_directory;  // absolute; empty: a fresh private directory per start
  std::map<std::string, std::string> environment;  // complete; may hold ${...} references
  std::vector<Port> ports;                         // the first is the default one
  PortHandoff port_handoff = PortHandoff::kHold;
  std::optional<ProbeSpec> ready;
  std::map<std::string, DependencyState> depends_on;
  StopSpec stop;
  std::optional<SeedStep> reset;  // makes each replica what it was when it became ready
  Duration timeout{60'000};       // of a job: until it has completed
  std::map<std::string, Mount> mounts;
  ContainerSpec container;

  bool operator==(const Node&) const = default;
};

struct Network {
  bool internal = false;  // no way out of it

  bool operator==(const Network&) const = default;
};

// A command on the host that ends before the first node starts.
struct PrepareStep {
  std::vector<std::string> command;
  std::string directory;  // absolute
  std::map<std::string, std::string> environment;

  bool operator==(const PrepareStep&) const = default;
};

// Zero: no limit but those of the nodes.
struct Timeouts {
  Duration deploy{0};    // from the first start until every node is ready
  Duration teardown{0};  // from the first stop until nothing is left, by force towards its end

  bool operator==(const Timeouts&) const = default;
};

struct Topology {
  std::vector<Node> nodes;
  std::map<std::string, Network> networks = {};
  std::set<std::string> volumes = {};
  std::vector<SeedStep> seed = {};                   // in order
  std::map<std::string, SecretSource> secrets = {};  // by name
  std::vector<std::string> backends = {};  // it can be deployed on no other; empty: on any
  std::vector<PrepareStep> prepare = {};
  Timeouts timeouts = {};

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

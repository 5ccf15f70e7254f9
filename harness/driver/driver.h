// What a backend has to be. One contract test (contract_test.cpp) holds every driver to this.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/result.h"
#include "model/topology.h"

namespace ctestbed {

struct Availability {
  bool available = false;
  std::string version;
  std::string reason;  // why not, or how it was found

  bool operator==(const Availability&) const = default;
};

// One replica of a node, called by its node's name and, from the second on, its number: "main.2".
struct InstanceId {
  std::string environment;  // id of the environment
  std::string node;
  int replica = 0;

  std::string Name() const;
  auto operator<=>(const InstanceId&) const = default;
};

struct Address {
  std::string host;
  int port = 0;

  std::string Text() const { return host + ":" + std::to_string(port); }
  bool operator==(const Address&) const = default;
};

// A file or directory that an instance shall see.
struct InstanceMount {
  std::string name;
  std::string source;  // on the host; absolute
  std::string target;  // in a container; may be empty
  bool read_only = false;

  bool operator==(const InstanceMount&) const = default;
};

// What a driver is asked to start: no references left in it.
struct InstanceSpec {
  InstanceId id;
  std::string owner;  // who may sweep it: "host:boot:pid:starttime" of the supervisor
  std::vector<std::string> command;    // in place of that of the image; empty: as that says
  std::vector<std::string> args = {};  // follow the command, whosever it is
  std::string image;
  std::map<std::string, std::string> environment;
  std::string working_directory = {};  // empty: the image's, or `private_directory`
  std::string private_directory = {};  // on the host, for a process to be in
  std::vector<Port> ports;
  PortHandoff port_handoff = PortHandoff::kHold;
  std::vector<InstanceMount> mounts = {};
  ContainerSpec container = {};                  // nothing in it that the driver cannot do
  std::map<std::string, Network> networks = {};  // those that `container` names
  std::string log_directory;                     // receives stdout.log and stderr.log

  std::vector<std::string> Words() const;  // command and args
  bool operator==(const InstanceSpec&) const = default;
};

enum class InstanceState { kRunning, kExited, kGone };

struct InstanceStatus {
  InstanceState state = InstanceState::kGone;
  int exit_code = 0;  // of kExited
  int signal = 0;     // that ended it, else 0
  int pid = 0;        // of kRunning, where there is one
  std::string container;
  std::string out_of_reach;  // of kGone: why its backend cannot tell how it is, else empty

  bool Succeeded() const {
    return state == InstanceState::kExited && exit_code == 0 && signal == 0;
  }
  // "exited with code 3", "was killed by SIGKILL", "is running", "is gone",
  // "is out of reach: engine at ...".
  std::string Describe() const;
  bool operator==(const InstanceStatus&) const = default;
};

// What a driver can do, asked before it is tried.
enum class Capability {
  kCommandNodes,
  kImageNodes,
  kExec,
  kReplicas,
  kBuild,
  kNetworks,
  kReadOnlyMounts,
  kUser,
  kDropCaps,
  kSeccomp,
  kNoNewPrivileges,
  kReadOnlyRoot,
  kPrivileged,
  kServiceAccountToken,
  kMemoryLimit,
  kCpuLimit,
  kPidsLimit,
};
std::string_view CapabilityName(Capability capability);

// kUnsupported, naming the node and its key, when `topology` asks for what a driver of these
// capabilities cannot do.
Status CheckSupported(const Topology& topology, const std::vector<Capability>& capabilities);

// kUnavailable when the topology of `preset` names backends, and `backend` is none of them.
Status CheckBackend(const Topology& topology, std::string_view preset, std::string_view backend);

// Thread-safe; calls for different instances run side by side. Every call is bounded by its
// deadline. A driver never prints.
class Driver {
 public:
  virtual ~Driver() = default;

  // Can this machine use the backend? Connects, never infers from files.
  virtual Availability Check(TimePoint deadline) = 0;
  virtual std::vector<Capability> Capabilities() const = 0;

  // Where a port of an instance is reached, from tests and from peers. Chosen on the first call,
  // before the instance starts, and the same until Forget(); kConflict when a pinned port is taken.
  virtual Result<Address> AddressForTests(const InstanceId& id, const Port& port) = 0;
  virtual Result<Address> AddressForPeers(const InstanceId& id, const Port& port) = 0;

  // Where a running instance itself listens, past what accepts connections in its stead.
  virtual Result<Address> AddressForProbes(const InstanceId& id, const Port& port) {
    return AddressForTests(id, port);
  }

  // What a server listens on for tests and peers to reach it: what ${listen.host} stands for.
  virtual std::string ListenHost() const = 0;

  // Where an instance finds `mount`: what ${mount.NAME} stands for.
  virtual std::string PathOf(const InstanceMount& mount) const = 0;

  // Sees that what nodes with these members are started from is on the backend: pulls or builds
  // it, as they say. The id of the image: "sha256:..."; empty where there is none. Start() does the
  // same, so that this is needed only by who wants to know, or has more time for it.
  virtual Result<std::string> PrepareImage(const std::string& image, const ContainerSpec& container,
                                           TimePoint deadline);

  // Starts an instance; on failure leaves nothing behind. kConflict if it is there already.
  virtual Status Start(const InstanceSpec& spec, TimePoint deadline) = 0;
  // Ends an instance and removes all of it; its addresses stay reserved. Idempotent.
  virtual Status Stop(const InstanceId& id, Duration grace, TimePoint deadline) = 0;
  virtual InstanceStatus Inspect(const InstanceId& id) = 0;
  // Returns when the instance is no longer running or has been out of reach for some seconds, at
  // `deadline` or on `stop`; its status then.
  virtual InstanceStatus WaitForEnd(const InstanceId& id, TimePoint deadline,
                                    std::stop_token stop) = 0;
  // Runs a command inside (or beside, for processes: with the same environment and directory) a
  // running instance; its exit code and what it printed.
  struct ExecResult {
    int exit_code = 0;
    std::string output;
  };
  virtual Result<ExecResult> Exec(const InstanceId& id, const std::vector<std::string>& command,
                                  TimePoint deadline, std::stop_token stop) = 0;

  // Gives up the addresses of an instance that will not come back.
  virtual void Forget(const InstanceId& id) = 0;

  // Removes, to a fixed point, whatever of `owner` is left on the backend, found by labels or
  // markers alone; of one environment of it, if `environment` is not empty. Returns names of what
  // was removed; an error names what will not go.
  virtual Result<std::vector<std::string>> Sweep(const std::string& owner,
                                                 const std::string& environment,
                                                 TimePoint deadline) = 0;
  // Owners that have something on this backend.
  virtual Result<std::vector<std::string>> Owners(TimePoint deadline) = 0;
};

}  // namespace ctestbed

// One live environment: brings topologies up, changes them by the smallest delta, notices when a
// node dies, takes all of it down again.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "driver/driver.h"
#include "io/clock.h"
#include "io/file_system.h"
#include "io/http_client.h"
#include "model/event.h"
#include "model/node_addresses.h"
#include "model/topology.h"
#include "probe/probe.h"
#include "supervisor/journal.h"
#include "supervisor/mounts.h"
#include "supervisor/prepare.h"
#include "supervisor/secrets.h"
#include "supervisor/seeding.h"

namespace ctestbed {

// What an environment works with; all of it outlives it.
struct EnvironmentServices {
  Driver& driver;
  HttpClient& http;
  FileSystem& files;
  Clock& clock;
  Journal& journal;
  Secrets& secrets;
  std::function<void(Event)> emit;
  Preparation* preparation = nullptr;  // without it prepare steps are unsupported
};

// Who and where an environment is.
struct EnvironmentIdentity {
  std::string id;              // unique on this machine
  std::string owner;           // OwnerName of the supervisor
  std::string session;         // what ${run.id} stands for in a preset
  std::string log_directory;   // receives NODE.N/{stdout,stderr}.log
  std::string work_directory;  // receives the private directories of nodes
  // How logs are called in events: log_directory relative to the results directory.
  std::string log_prefix;
};

// One instance of a node.
struct ReplicaView {
  std::string name;  // "main", "main.2"
  int pid = 0;
  std::string container;
  std::map<std::string, std::string> endpoints;  // port name -> host:port
  std::map<std::string, std::string> peers;      // the same as other nodes reach it
  std::string log;                               // directory of the current start

  bool operator==(const ReplicaView&) const = default;
};

// A node as status reports show it.
struct NodeView {
  std::string name;
  std::string app_id;
  std::vector<std::string> services;
  std::string state;  // starting, ready, completed, failed
  int pid = 0;
  std::string container;
  int restarts = 0;                              // starts after the first one
  std::map<std::string, std::string> endpoints;  // port name -> host:port, of the first replica
  std::vector<std::string> ports;                // names in order; the first is the default
  std::string log;                               // directory of the current start
  std::vector<ReplicaView> replicas;

  bool operator==(const NodeView&) const = default;
};

// Why an environment is no longer fit for tests.
struct Breakage {
  std::string node;
  std::string message;  // "node 'auth' exited with code 3"
  std::string detail;   // last lines of its log

  bool operator==(const Breakage&) const = default;
};

// Thread-safe; Apply and Teardown exclude each other.
class Environment {
 public:
  Environment(EnvironmentServices services, EnvironmentIdentity identity);
  // Stops what still runs.
  ~Environment();

  // Makes `desired` the live topology: stops what is not part of it, keeps nodes whose digest is
  // the same and which are alive, starts the rest along depends_on, in parallel, until all are
  // ready and the jobs have completed, and runs the seed steps unless they and all nodes are as
  // they were. `renewal` says what becomes of nodes that could stay. On failure the nodes that did
  // not get ready are stopped; the error names node and cause. Emits the deploying, node and ready
  // or failed events.
  Status Apply(const Topology& desired, const std::string& preset, const Cell& cell,
               Renewal renewal, std::stop_token stop);

  // Undoes the seed, stops everything, dependents first, each with at most `grace`; then sweeps
  // what bears our mark, to a fixed point. The error names what is left. Idempotent.
  Status Teardown(Duration grace);

  // The next Apply resets these nodes, or restarts those without a hook: a test has left them unfit
  // for others.
  void MarkDirty(const std::vector<std::string>& nodes);
  bool IsDirty() const;

  // The nodes as they are.
  std::vector<NodeView> Nodes() const;
  // The first node that ended by itself since the last Apply.
  std::optional<Breakage> Broken() const;
  // The same after a look at each one, for who has a reason to doubt them.
  std::optional<Breakage> BrokenNow() const;
  // Blocks until there is one, or until `stop`.
  std::optional<Breakage> WaitUntilBroken(std::stop_token stop) const;

  const EnvironmentIdentity& identity() const { return identity_; }

 private:
  static constexpr Duration kStopTakes{15'000};  // beyond the grace

  struct LiveNode {
    Node node;
    std::string state = "starting";
    std::map<InstanceId, std::jthread> watchers;
  };

  std::vector<InstanceId> InstancesOf(const Node& node, int from = 0) const;
  std::vector<Change> PlanChanges(const Topology& desired, Renewal renewal);
  Status StopNodes(const std::vector<std::string>& names, std::optional<Duration> grace_limit);
  // Stops the replicas from index `from` on.
  Status StopNode(const std::string& name, std::optional<Duration> grace_limit, int from = 0);
  // Those of `changes` that need no restart of the replicas that stay, and stop those that go.
  std::set<std::string> Resized(const Topology& desired, const std::vector<Change>& changes,
                                Renewal renewal) const;
  Status ReserveAddresses(const Topology& desired);
  Status StartNodes(const Topology& desired, const std::vector<Change>& changes,
                    std::stop_token stop);
  // Resets each replica of a node that runs, and waits until it is ready.
  Status ResetNode(const Node& node, std::stop_token stop);
  Status ResetInstance(const Node& node, const InstanceId& id, std::stop_token stop);
  // These begin with the replica of index `from`.
  Status StartNode(const Node& node, int from);
  std::map<std::string, std::string> EndpointsOf(const Node& node, const InstanceId& id) const;
  std::map<std::string, std::string> PeerEndpointsOf(const Node& node, const InstanceId& id) const;
  // The id of the image that `node` is started from, after it was pulled or built.
  Result<std::string> PrepareImage(const Node& node);
  Status StartInstance(const Node& node, const InstanceId& id, const std::string& log);
  Status AwaitNode(const Node& node, int from, std::stop_token stop);
  Status AwaitInstance(const Node& node, const InstanceId& id, std::stop_token stop);
  Status AwaitJob(const Node& node, const InstanceId& id, std::stop_token stop);
  Result<SeedTarget> TargetOf(const InstanceId& id, const std::string& port_name);
  void HideLogs(const InstanceId& id) const;
  void Watch(const std::string& name, const InstanceId& id);
  void OnEnd(const std::string& name, const InstanceId& id);
  Result<InstanceSpec> Specify(const Node& node, const InstanceId& id, const std::string& log);
  // What `${...}` stands for in the texts of a node.
  using Values = std::map<std::string, std::string>;
  Values ValuesFor(const InstanceId& self) const;
  ReplicaAddresses AddressesOf(const Node& node, const InstanceId& id) const;
  Error Blame(const Error& error, const Node& node, const InstanceId& id) const;
  std::string LogTail(const std::string& log) const;
  // Of the current start, below a directory of logs.
  std::string LogOf(const InstanceId& id) const;
  // The same below the results directory.
  std::string LogPathOf(const InstanceId& id) const;
  void Emit(EventKind kind, Event event) const;
  Status DropVolumes();
  Status Prepare(const Topology& desired, std::stop_token stop);
  bool IsAlive(const LiveNode& live) const;
  int LiveReplicas(const std::string& name) const;
  NodeView ViewOf(const LiveNode& live) const;
  Topology LiveTopology() const;

  const EnvironmentServices services_;
  const EnvironmentIdentity identity_;
  Mounts mounts_;
  TimePoint deploy_deadline_ = TimePoint::max();  // of the Apply that is under way
  TimePoint stop_deadline_ = TimePoint::max();    // of the Teardown that is under way
  Duration teardown_{0};                          // what the topology grants a teardown
  std::mutex changing_;                           // held by Apply and Teardown
  mutable std::mutex mutex_;
  mutable std::condition_variable_any broke_;
  std::map<std::string, LiveNode> live_;
  std::map<InstanceId, int> starts_;         // of each one ever, so that logs are not overwritten
  std::map<std::string, Node> known_;        // nodes whose addresses are reserved
  std::map<std::string, Network> networks_;  // of the topology
  std::optional<Breakage> broken_;
  std::set<std::string> dirty_;
  Seeding seeding_;  // under changing_
};

}  // namespace ctestbed

#include "supervisor/environment.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/reference.h"
#include "base/text.h"
#include "model/resize.h"
#include "supervisor/node_texts.h"
#include "supervisor/step_graph.h"

namespace ctestbed {
namespace {

constexpr Duration kStartTakes{60'000};
constexpr Duration kStopTakes{15'000};      // beyond the grace
constexpr Duration kPrepareTakes{600'000};  // where the preset sets no time for the deploy
constexpr size_t kTailLines = 20;

std::vector<InstanceId> InstancesOf(const std::string& environment, const Node& node,
                                    int from = 0) {
  std::vector<InstanceId> ids;
  for (int replica = from; replica < node.replicas; ++replica) {
    ids.push_back({environment, node.name, replica});
  }
  return ids;
}

}  // namespace

Environment::Environment(EnvironmentServices services, EnvironmentIdentity identity)
    : services_(std::move(services)),
      identity_(std::move(identity)),
      mounts_(services_.files, identity_.work_directory) {
  if (services_.launcher != nullptr) {
    preparation_.emplace(*services_.launcher, services_.files, services_.clock,
                         identity_.log_directory);
  }
}

Environment::~Environment() {
  static_cast<void>(Teardown(Duration::zero()));
}

void Environment::Emit(EventKind kind, Event event) const {
  event.kind = kind;
  event.environment = identity_.id;
  services_.emit(std::move(event));
}

Status Environment::Apply(const Topology& desired, const std::string& preset, const Cell& cell,
                          bool fresh, std::stop_token stop) {
  const std::lock_guard changing(changing_);
  const TimePoint start = services_.clock.Now();
  const std::vector<Change> changes = PlanChanges(desired, fresh);
  Emit(EventKind::kEnvironmentDeploying,
       {.preset = preset, .cell = cell, .changes = changes, .nodes = FactsOf(desired)});
  const std::set<std::string> resized = Resized(desired, changes, fresh);
  {
    const std::lock_guard lock(mutex_);
    dirty_.clear();
  }
  std::vector<std::string> stopping;
  for (const Change& change : changes) {
    const bool stops =
        change.action == ChangeAction::kStop || change.action == ChangeAction::kRestart;
    if (stops && !resized.contains(change.node)) stopping.push_back(change.node);
  }
  const Duration deploy = desired.timeouts.deploy;
  deploy_deadline_ = deploy > Duration::zero() ? start + deploy : TimePoint::max();
  teardown_ = desired.timeouts.teardown;
  Status status = CheckSupported(desired, services_.driver.Capabilities());
  if (status) status = Prepare(desired, stop);
  if (status) status = StopNodes(stopping, std::nullopt);
  for (const std::string& name : resized) {
    if (status) status = StopNode(name, std::nullopt, desired.Find(name)->replicas);
  }
  if (status) {
    const std::lock_guard lock(mutex_);
    broken_.reset();
  }
  if (status) status = DropVolumes();
  if (status) status = ReserveAddresses(desired);
  if (status) status = StartNodes(desired, changes, stop);
  const auto took = std::chrono::duration_cast<Duration>(services_.clock.Now() - start);
  if (status) {
    Emit(EventKind::kEnvironmentReady, {.preset = preset, .cell = cell, .duration = took});
    return {};
  }
  Emit(EventKind::kEnvironmentFailed, {.preset = preset,
                                       .cell = cell,
                                       .node = status.error().node,
                                       .message = status.error().message,
                                       .detail = status.error().detail,
                                       .duration = took});
  return status;
}

Topology Environment::LiveTopology() const {
  Topology topology;
  for (const auto& [name, live] : live_) topology.nodes.push_back(live.node);
  return topology;
}

Status Environment::Prepare(const Topology& desired, std::stop_token stop) {
  if (desired.prepare.empty()) return {};
  if (!preparation_) return Fail(ErrorKind::kUnsupported, "nothing here can run prepare steps");
  const TimePoint deadline = std::min(deploy_deadline_, services_.clock.Now() + kPrepareTakes);
  return preparation_->Run(desired.prepare, deadline, std::move(stop));
}

void Environment::MarkDirty(const std::vector<std::string>& nodes) {
  const std::lock_guard lock(mutex_);
  dirty_.insert(nodes.begin(), nodes.end());
}

bool Environment::IsDirty() const {
  const std::lock_guard lock(mutex_);
  return !dirty_.empty();
}

Status Environment::DropVolumes() {
  const std::lock_guard lock(mutex_);
  return mounts_.DropVolumes(LiveTopology());
}

bool Environment::IsAlive(const LiveNode& live) const {
  const std::vector<InstanceId> ids = InstancesOf(identity_.id, live.node);
  return std::all_of(ids.begin(), ids.end(), [&](const InstanceId& id) {
    return services_.driver.Inspect(id).state == InstanceState::kRunning;
  });
}

std::vector<Change> Environment::PlanChanges(const Topology& desired, bool fresh) {
  const std::lock_guard lock(mutex_);
  std::vector<Change> changes = ChangesBetween(LiveTopology(), desired);
  for (Change& change : changes) {
    if (change.action != ChangeAction::kKeep) continue;
    if (fresh) {
      change = {change.node, ChangeAction::kRestart, "a fresh environment is wanted"};
    } else if (dirty_.contains(change.node)) {
      change = {change.node, ChangeAction::kRestart, "a suite has left it dirty"};
    } else if (const LiveNode& live = live_.at(change.node); !IsAlive(live)) {
      change = {change.node, ChangeAction::kRestart, "it is no longer running"};
    }
  }
  return changes;
}

Status Environment::StopNodes(const std::vector<std::string>& names,
                              std::optional<Duration> grace_limit) {
  std::vector<Step> steps;
  std::mutex failing;
  Status first_failure;
  const auto stop_one = [&](const std::string& name) -> Status {
    const Status status = StopNode(name, grace_limit);
    const std::lock_guard lock(failing);
    if (!status && first_failure) first_failure = status;
    return {};  // one that will not go is no reason to leave the others
  };
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& name : names) {
      Step step{name, {}, [&stop_one, name](std::stop_token) { return stop_one(name); }};
      // Dependents first.
      for (const auto& [other, live] : live_) {
        if (live.node.depends_on.contains(name)) step.after.insert(other);
      }
      steps.push_back(std::move(step));
    }
  }
  TRY_DO(RunSteps(std::move(steps), {}));
  return first_failure;
}

std::set<std::string> Environment::Resized(const Topology& desired,
                                           const std::vector<Change>& changes, bool fresh) const {
  const std::lock_guard lock(mutex_);
  const Topology live = LiveTopology();
  std::set<std::string> names;
  for (const Change& change : changes) {
    const auto found = live_.find(change.node);
    if (fresh || found == live_.end() || change.action != ChangeAction::kRestart) continue;
    if (dirty_.contains(change.node)) continue;  // each replica starts anew
    const bool resizes = OnlyResizes(*desired.Find(change.node), live, desired);
    if (resizes && IsAlive(found->second)) names.insert(change.node);
  }
  return names;
}

Status Environment::StopNode(const std::string& name, std::optional<Duration> grace_limit,
                             int from) {
  const TimePoint start = services_.clock.Now();
  std::map<InstanceId, std::jthread> watchers;
  Node node;
  {
    const std::lock_guard lock(mutex_);
    const auto live = live_.find(name);
    if (live == live_.end()) return {};
    node = live->second.node;
    for (const InstanceId& id : InstancesOf(identity_.id, node, from)) {
      watchers.insert(live->second.watchers.extract(id));
    }
  }
  for (auto& [id, watcher] : watchers) watcher.request_stop();
  watchers.clear();
  const Duration left = std::chrono::duration_cast<Duration>(stop_deadline_ - start);
  const Duration grace = std::clamp(grace_limit.value_or(node.stop.grace), Duration::zero(),
                                    std::min(node.stop.grace, std::max(left, Duration::zero())));
  for (const InstanceId& id : InstancesOf(identity_.id, node, from)) {
    static_cast<void>(services_.journal.Append({"intent", "stop", id.Name(), identity_.id}));
    TRY_DO(services_.driver.Stop(id, grace, services_.clock.Now() + grace + kStopTakes));
    static_cast<void>(services_.journal.Append({"done", "stop", id.Name(), identity_.id}));
  }
  if (from > 0) {
    const std::lock_guard lock(mutex_);
    live_[name].node.replicas = std::min(node.replicas, from);
    return {};
  }
  {
    const std::lock_guard lock(mutex_);
    live_.erase(name);
  }
  Emit(EventKind::kNodeStopped,
       {.node = name,
        .duration = std::chrono::duration_cast<Duration>(services_.clock.Now() - start)});
  return {};
}

Status Environment::ReserveAddresses(const Topology& desired) {
  const std::lock_guard lock(mutex_);
  for (auto known = known_.begin(); known != known_.end();) {
    const Node* wanted = desired.Find(known->first);
    const bool stays = wanted != nullptr && wanted->ports == known->second.ports;
    for (const InstanceId& id :
         InstancesOf(identity_.id, known->second, stays ? wanted->replicas : 0)) {
      services_.driver.Forget(id);
    }
    if (stays) {
      ++known;
      continue;
    }
    known = known_.erase(known);
  }
  for (const Node& node : desired.nodes) {
    known_[node.name] = node;
    for (const InstanceId& id : InstancesOf(identity_.id, node)) {
      for (const Port& port : node.ports) {
        auto address = services_.driver.AddressForTests(id, port);
        if (!address) return tl::unexpected<Error>(Blame(address.error(), node, id));
      }
    }
  }
  return {};
}

Status Environment::StartNodes(const Topology& desired, const std::vector<Change>& changes,
                               std::stop_token stop) {
  std::vector<Step> steps;
  std::vector<std::string> started;
  for (const Change& change : changes) {
    if (change.action == ChangeAction::kKeep || change.action == ChangeAction::kStop) continue;
    const Node& node = *desired.Find(change.node);
    const int from = LiveReplicas(node.name);
    Step start{"start " + node.name, {}, [this, &node, from](std::stop_token) {
                 return StartNode(node, from);
               }};
    for (const auto& [name, state] : node.depends_on) {
      start.after.insert((state == DependencyState::kReady ? "ready " : "start ") + name);
    }
    Step ready{"ready " + node.name, {start.name}, [this, &node, from](std::stop_token token) {
                 return AwaitNode(node, from, token);
               }};
    steps.push_back(std::move(start));
    steps.push_back(std::move(ready));
    started.push_back(node.name);
  }
  Status status = RunSteps(std::move(steps), stop);
  if (status) return status;
  std::erase_if(started, [&](const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto live = live_.find(name);
    return live == live_.end() || live->second.state == "ready";
  });
  // The first failure is the one worth telling; what cannot be stopped now shows in Teardown.
  static_cast<void>(StopNodes(started, std::nullopt));
  return status;
}

int Environment::LiveReplicas(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto live = live_.find(name);
  return live == live_.end() ? 0 : live->second.node.replicas;
}

Status Environment::StartNode(const Node& node, int from) {
  const std::vector<InstanceId> ids = InstancesOf(identity_.id, node, from);
  {
    const std::lock_guard lock(mutex_);
    live_[node.name].node = node;
    live_[node.name].state = "starting";
    for (const InstanceId& id : ids) ++starts_[id];
  }
  for (const InstanceId& id : ids) {
    const std::string log = LogOf(id);
    Emit(EventKind::kNodeStarting, {.node = id.Name(),
                                    .log = identity_.log_prefix + "/" + log,
                                    .endpoints = EndpointsOf(node, id)});
    const Status status = StartInstance(node, id, identity_.log_directory + "/" + log);
    if (!status) {
      const Error error = Blame(status.error(), node, id);
      Emit(EventKind::kNodeFailed,
           {.node = id.Name(), .message = error.message, .detail = error.detail});
      return tl::unexpected<Error>(error);
    }
  }
  return {};
}

std::map<std::string, std::string> Environment::EndpointsOf(const Node& node,
                                                            const InstanceId& id) const {
  std::map<std::string, std::string> endpoints;
  for (const Port& port : node.ports) {
    const auto address = services_.driver.AddressForTests(id, port);
    if (address) endpoints[port.name] = address->Text();
  }
  return endpoints;
}

Status Environment::StartInstance(const Node& node, const InstanceId& id, const std::string& log) {
  TRY(const InstanceSpec spec, Specify(node, id, log));
  TRY_DO(services_.journal.Append({"intent", "start", id.Name(), identity_.id}));
  TRY_DO(services_.driver.Start(spec, services_.clock.Now() + kStartTakes));
  return services_.journal.Append({"done", "start", id.Name(), identity_.id});
}

Result<InstanceSpec> Environment::Specify(const Node& node, const InstanceId& id,
                                          const std::string& log) {
  const Lookup lookup = LookupIn(ValuesFor(id));
  InstanceSpec spec{.id = id, .owner = identity_.owner, .image = node.image};
  TRY(spec.command, ExpandAll(node.command, lookup));
  TRY(const std::vector<std::string> args, ExpandAll(node.args, lookup));
  spec.command.insert(spec.command.end(), args.begin(), args.end());
  for (const auto& [name, value] : node.environment) {
    TRY(spec.environment[name], Expand(value, lookup));
  }
  spec.working_directory = node.working_directory;
  if (node.working_directory.empty()) {
    spec.working_directory = identity_.work_directory + "/" + id.Name();
    TRY_DO(services_.files.Remove(spec.working_directory));
  }
  spec.container = node.container;
  TRY(spec.mounts, mounts_.Make(id, node, lookup));
  spec.ports = node.ports;
  spec.port_handoff = node.port_handoff;
  spec.log_directory = log;
  return spec;
}

ReplicaAddresses Environment::AddressesOf(const Node& node, const InstanceId& id) const {
  ReplicaAddresses addresses;
  for (const Port& port : node.ports) {
    const auto address = services_.driver.AddressForPeers(id, port);
    if (address) addresses.push_back({port.name, address->host, std::to_string(address->port)});
  }
  return addresses;
}

Environment::Values Environment::ValuesFor(const InstanceId& self) const {
  std::map<std::string, Node> nodes;
  {
    const std::lock_guard lock(mutex_);
    nodes = known_;
  }
  Values values{{"node.name", self.Name()},
                {"replica", std::to_string(self.replica + 1)},
                {"run.id", identity_.session},
                {"environment.id", identity_.id}};
  for (const auto& [name, node] : nodes) {
    std::vector<ReplicaAddresses> replicas;
    for (const InstanceId& id : InstancesOf(identity_.id, node)) {
      replicas.push_back(AddressesOf(node, id));
    }
    PutAddresses(values, name, replicas);
  }
  if (const auto own = nodes.find(self.node); own != nodes.end()) {
    for (const PortAddress& port : AddressesOf(own->second, self)) {
      values["port." + port.port] = port.number;
    }
    for (const auto& [name, mount] : own->second.mounts) {
      values["mount." + name] = services_.driver.PathOf(mounts_.Of(self, name, mount));
    }
  }
  return values;
}

Status Environment::AwaitNode(const Node& node, int from, std::stop_token stop) {
  const TimePoint start = services_.clock.Now();
  for (const InstanceId& id : InstancesOf(identity_.id, node, from)) {
    const Status status = AwaitInstance(node, id, stop);
    if (!status && status.error().kind == ErrorKind::kCancelled) return status;
    if (!status) {
      const Error error = Blame(status.error(), node, id);
      Emit(EventKind::kNodeFailed,
           {.node = id.Name(), .message = error.message, .detail = error.detail});
      return tl::unexpected<Error>(error);
    }
    Watch(node.name, id);
  }
  {
    const std::lock_guard lock(mutex_);
    live_[node.name].state = "ready";
  }
  Emit(EventKind::kNodeReady,
       {.node = node.name,
        .duration = std::chrono::duration_cast<Duration>(services_.clock.Now() - start)});
  return {};
}

Status Environment::AwaitInstance(const Node& node, const InstanceId& id, std::stop_token stop) {
  const SubjectEnd end = [&]() -> std::optional<std::string> {
    const InstanceStatus status = services_.driver.Inspect(id);
    if (status.state == InstanceState::kRunning) return std::nullopt;
    return status.Describe();
  };
  if (!node.ready) {
    if (const auto ended = end()) return Fail(ErrorKind::kEnvironment, *ended);
    return {};
  }
  const ProbeEntry* entry = FindProbe(node.ready->kind);
  Diagnostics problems;
  const std::unique_ptr<Probe> probe =
      entry == nullptr ? nullptr : entry->make(node.ready->arguments, problems);
  if (!probe) return Fail(ErrorKind::kInvalid, fmt::format("bad probe '{}'", node.ready->kind));
  const std::string log = identity_.log_directory + "/" + LogOf(id);
  ProbeTarget target{.node = id.Name(),
                     .http = &services_.http,
                     .files = &services_.files,
                     .logs = {log + "/stdout.log", log + "/stderr.log"}};
  if (const Port* port = FindPort(node, node.ready->port)) {
    TRY(target.address, services_.driver.AddressForTests(id, *port));
  } else if (entry->needs_port) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("it has no port for the probe '{}' to ask", node.ready->kind));
  }
  target.exec = [&](const std::vector<std::string>& command, TimePoint deadline,
                    std::stop_token token) -> Result<Driver::ExecResult> {
    TRY(const std::vector<std::string> expanded, ExpandAll(command, LookupIn(ValuesFor(id))));
    return services_.driver.Exec(id, expanded, deadline, token);
  };
  return WaitUntilReady(*probe, target, end, services_.clock,
                        std::min(deploy_deadline_, services_.clock.Now() + node.ready->within),
                        stop, {node.ready->interval, node.ready->timeout});
}

// Makes an error of a driver or probe a sentence about the node, with the end of its log.
Error Environment::Blame(const Error& error, const Node& node, const InstanceId& id) const {
  Error blamed = error;
  blamed.node = id.Name();
  if (!error.message.starts_with("node '")) {
    blamed.message = fmt::format(
        "node '{}' {}{}", id.Name(),
        error.kind == ErrorKind::kEnvironment ? "" : "cannot be deployed: ", error.message);
  }
  if (error.kind == ErrorKind::kTimeout && services_.clock.Now() >= deploy_deadline_) {
    blamed.message = fmt::format("node '{}' was not ready when the time to deploy was over: {}",
                                 id.Name(), error.message);
  } else if (error.kind == ErrorKind::kTimeout) {
    blamed.message =
        fmt::format("node '{}' was not ready within {}: {}", id.Name(),
                    FormatDuration(node.ready ? node.ready->within : kStartTakes), error.message);
  }
  blamed.detail += LogTail(identity_.log_directory + "/" + LogOf(id));
  return blamed;
}

std::string Environment::LogOf(const InstanceId& id) const {
  const std::lock_guard lock(mutex_);
  const auto start = starts_.find(id);
  return fmt::format("{}.{}", id.Name(), start == starts_.end() ? 0 : start->second);
}

std::string Environment::LogTail(const std::string& log) const {
  std::string tail;
  for (const std::string_view stream : {"stderr", "stdout"}) {
    const auto text = services_.files.Read(fmt::format("{}/{}.log", log, stream));
    if (!text || Trim(*text).empty()) continue;
    tail += fmt::format("last lines of {}:\n{}\n", stream, Visible(LastLines(*text, kTailLines)));
  }
  return tail;
}

void Environment::Watch(const std::string& name, const InstanceId& id) {
  const std::lock_guard lock(mutex_);
  live_[name].watchers[id] = std::jthread([this, name, id](std::stop_token stop) {
    services_.driver.WaitForEnd(id, TimePoint::max(), stop);
    if (!stop.stop_requested()) OnEnd(name, id);
  });
}

void Environment::OnEnd(const std::string& name, const InstanceId& id) {
  const InstanceStatus status = services_.driver.Inspect(id);
  Breakage breakage{id.Name(), fmt::format("node '{}' {}", id.Name(), status.Describe()), ""};
  const std::string directory = LogOf(id);
  breakage.detail = LogTail(identity_.log_directory + "/" + directory);
  {
    const std::lock_guard lock(mutex_);
    live_[name].state = "failed";
    if (!broken_) broken_ = breakage;
    broke_.notify_all();
  }
  Emit(EventKind::kNodeFailed, {.node = id.Name(),
                                .message = breakage.message,
                                .detail = breakage.detail,
                                .log = identity_.log_prefix + "/" + directory});
}

Status Environment::Teardown(Duration grace) {
  const std::lock_guard changing(changing_);
  const TimePoint start = services_.clock.Now();
  std::vector<std::string> names;
  {
    const std::lock_guard lock(mutex_);
    if (live_.empty() && known_.empty()) return {};
    for (const auto& [name, live] : live_) names.push_back(name);
  }
  Emit(EventKind::kEnvironmentRemoving, {});
  if (teardown_ > Duration::zero()) stop_deadline_ = start + teardown_;
  static_cast<void>(StopNodes(names, grace));
  stop_deadline_ = TimePoint::max();
  const auto swept =
      services_.driver.Sweep(identity_.owner, identity_.id, services_.clock.Now() + kStopTakes);
  // What could not be stopped may be gone by the sweep.
  const Status status = swept ? Status() : tl::unexpected<Error>(swept.error());
  std::map<std::string, LiveNode> remains;  // dies without the lock: its threads may want it
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, node] : known_) {
      for (const InstanceId& id : InstancesOf(identity_.id, node)) services_.driver.Forget(id);
    }
    known_.clear();
    remains = std::move(live_);
    live_.clear();
  }
  Emit(EventKind::kEnvironmentRemoved,
       {.message = status ? "" : status.error().message,
        .duration = std::chrono::duration_cast<Duration>(services_.clock.Now() - start)});
  return status;
}

NodeView Environment::ViewOf(const LiveNode& live) const {
  NodeView view{.name = live.node.name,
                .app_id = live.node.app_id,
                .services = live.node.services,
                .state = live.state};
  for (const Port& port : live.node.ports) view.ports.push_back(port.name);
  for (const InstanceId& id : InstancesOf(identity_.id, live.node)) {
    const InstanceStatus status = services_.driver.Inspect(id);
    const auto starts = starts_.find(id);
    const int count = starts == starts_.end() ? 0 : starts->second;
    view.restarts += std::max(count - 1, 0);
    view.replicas.push_back({id.Name(), status.pid, status.container, EndpointsOf(live.node, id),
                             fmt::format("{}/{}.{}", identity_.log_directory, id.Name(), count)});
  }
  const ReplicaView& first = view.replicas.front();
  view.pid = first.pid;
  view.container = first.container;
  view.endpoints = first.endpoints;
  view.log = first.log;
  return view;
}

std::vector<NodeView> Environment::Nodes() const {
  const std::lock_guard lock(mutex_);
  std::vector<NodeView> views;
  for (const auto& [name, live] : live_) {
    views.push_back(ViewOf(live));
  }
  return views;
}

std::optional<Breakage> Environment::Broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

std::optional<Breakage> Environment::WaitUntilBroken(std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  broke_.wait(lock, stop, [this] { return broken_.has_value(); });
  return broken_;
}

}  // namespace ctestbed

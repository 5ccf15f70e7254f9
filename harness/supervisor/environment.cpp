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

constexpr Duration kNewsTake{10'000};       // from an end to the word of who watches
constexpr Duration kPrepareTakes{600'000};  // where the preset sets no time for the deploy

}  // namespace

Environment::Environment(EnvironmentServices services, EnvironmentIdentity identity)
    : services_(std::move(services)),
      identity_(std::move(identity)),
      mounts_(services_.files, identity_.work_directory),
      seeding_(services_.clock, [this](const SeedStep& step) {
        return TargetOf({identity_.id, step.node.value, 0}, step.port);
      }) {}

Environment::~Environment() {
  static_cast<void>(Teardown(Duration::zero()));
}

std::vector<InstanceId> Environment::InstancesOf(const Node& node, int from) const {
  std::vector<InstanceId> ids;
  for (int replica = from; replica < node.replicas; ++replica) {
    ids.push_back({identity_.id, node.name, replica});
  }
  return ids;
}

void Environment::Emit(EventKind kind, Event event) const {
  event.kind = kind;
  event.environment = identity_.id;
  services_.emit(std::move(event));
}

Status Environment::Apply(const Topology& desired, const std::string& preset, const Cell& cell,
                          Renewal renewal, std::stop_token stop) {
  const std::lock_guard changing(changing_);
  const TimePoint start = services_.clock.Now();
  const std::vector<Change> changes = PlanChanges(desired, renewal);
  Emit(EventKind::kEnvironmentDeploying,
       {.preset = preset, .cell = cell, .changes = changes, .nodes = FactsOf(desired)});
  const std::set<std::string> resized = Resized(desired, changes, renewal);
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
  if (status) status = services_.secrets.Read(identity_.id, desired.secrets);
  if (status) status = Prepare(desired, stop);
  if (status) status = seeding_.UndoUnless(desired.seed);
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
  const bool changed = std::any_of(changes.begin(), changes.end(), [](const Change& change) {
    return change.action != ChangeAction::kKeep;
  });
  if (status) status = seeding_.Apply(desired.seed, changed, deploy_deadline_, stop);
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
  // To those who ask, kUnavailable says that nobody answers them.
  if (status.error().kind == ErrorKind::kUnavailable) {
    status.error().kind = ErrorKind::kEnvironment;
  }
  return status;
}

Topology Environment::LiveTopology() const {
  Topology topology;
  for (const auto& [name, live] : live_) topology.nodes.push_back(live.node);
  return topology;
}

Status Environment::Prepare(const Topology& desired, std::stop_token stop) {
  if (desired.prepare.empty()) return {};
  if (services_.preparation == nullptr)
    return Fail(ErrorKind::kUnsupported, "nothing here can run prepare steps");
  const TimePoint deadline = std::min(deploy_deadline_, services_.clock.Now() + kPrepareTakes);
  return services_.preparation->Run(desired.prepare, deadline, std::move(stop));
}

void Environment::MarkDirty(const std::vector<std::string>& nodes) {
  const std::lock_guard lock(mutex_);
  for (const std::string& node : nodes) {
    if (live_.contains(node)) dirty_.insert(node);
  }
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
  if (live.state == "completed") return true;
  const std::vector<InstanceId> ids = InstancesOf(live.node);
  return std::all_of(ids.begin(), ids.end(), [&](const InstanceId& id) {
    return services_.driver.Inspect(id).state == InstanceState::kRunning;
  });
}

std::vector<Change> Environment::PlanChanges(const Topology& desired, Renewal renewal) {
  const std::lock_guard lock(mutex_);
  std::vector<Change> changes = ChangesBetween(LiveTopology(), desired);
  for (Change& change : changes) {
    if (change.action == ChangeAction::kKeep && !IsAlive(live_.at(change.node))) {
      change = {change.node, ChangeAction::kRestart, "it is no longer running"};
    }
  }
  Renew(changes, desired, renewal, "a suite wants it as new");
  for (Change& change : changes) {
    if (dirty_.contains(change.node) && desired.Find(change.node) != nullptr) {
      Renew(change, *desired.Find(change.node), "a suite has left it dirty");
    }
  }
  RunJobsAgain(changes, desired);
  return changes;
}

Status Environment::StopNodes(const std::vector<std::string>& names,
                              std::optional<Duration> grace_limit) {
  std::vector<Step> steps;
  std::mutex failing;
  Status first_failure;
  bool is_out_of_reach = false;
  const auto stop_one = [&](const std::string& name) -> Status {
    {
      const std::lock_guard lock(failing);
      if (is_out_of_reach) return {};
    }
    const Status status = StopNode(name, grace_limit);
    const std::lock_guard lock(failing);
    if (!status) is_out_of_reach = status.error().kind == ErrorKind::kUnavailable;
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
                                           const std::vector<Change>& changes,
                                           Renewal renewal) const {
  if (renewal != Renewal::kNone) return {};
  const std::lock_guard lock(mutex_);
  const Topology live = LiveTopology();
  std::set<std::string> names;
  for (const Change& change : changes) {
    const auto found = live_.find(change.node);
    if (found == live_.end() || change.action != ChangeAction::kRestart) continue;
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
    for (const InstanceId& id : InstancesOf(node, from)) {
      watchers.insert(live->second.watchers.extract(id));
    }
  }
  for (auto& [id, watcher] : watchers) watcher.request_stop();
  watchers.clear();
  const Duration left = std::chrono::duration_cast<Duration>(stop_deadline_ - start);
  const Duration grace = std::clamp(grace_limit.value_or(node.stop.grace), Duration::zero(),
                                    std::min(node.stop.grace, std::max(left, Duration::zero())));
  for (const InstanceId& id : InstancesOf(node, from)) {
    static_cast<void>(services_.journal.Append({"intent", "stop", id.Name(), identity_.id}));
    TRY_DO(services_.driver.Stop(id, grace, services_.clock.Now() + grace + kStopTakes));
    static_cast<void>(services_.journal.Append({"done", "stop", id.Name(), identity_.id}));
    HideLogs(id);
  }
  if (from > 0) {
    const std::lock_guard lock(mutex_);
    live_[name].node.replicas = std::min(node.replicas, from);
    return {};
  }
  {
    const std::lock_guard lock(mutex_);
    live_.erase(name);
    dirty_.erase(name);
  }
  Emit(EventKind::kNodeStopped,
       {.node = name,
        .digest = DigestOf(node),
        .duration = std::chrono::duration_cast<Duration>(services_.clock.Now() - start)});
  return {};
}

Status Environment::ReserveAddresses(const Topology& desired) {
  const std::lock_guard lock(mutex_);
  networks_ = desired.networks;
  for (auto known = known_.begin(); known != known_.end();) {
    const Node* wanted = desired.Find(known->first);
    const bool stays = wanted != nullptr && wanted->ports == known->second.ports;
    for (const InstanceId& id : InstancesOf(known->second, stays ? wanted->replicas : 0)) {
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
    for (const InstanceId& id : InstancesOf(node)) {
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
    started.push_back(node.name);
    if (change.action == ChangeAction::kReset) {
      {
        const std::lock_guard lock(mutex_);
        live_[node.name].state = "starting";  // what is not reset in the end is stopped
      }
      Step reset{"ready " + node.name, {}, [this, &node](std::stop_token token) {
                   return ResetNode(node, token);
                 }};
      for (const auto& [name, state] : node.depends_on) reset.after.insert("ready " + name);
      steps.push_back(std::move(reset));
      continue;
    }
    const int from = LiveReplicas(node.name);
    Step start{"start " + node.name, {}, [this, &node, from](std::stop_token) {
                 return StartNode(node, from);
               }};
    for (const auto& [name, state] : node.depends_on) {
      start.after.insert((state == DependencyState::kStarted ? "start " : "ready ") + name);
    }
    Step ready{"ready " + node.name, {start.name}, [this, &node, from](std::stop_token token) {
                 return AwaitNode(node, from, token);
               }};
    steps.push_back(std::move(start));
    steps.push_back(std::move(ready));
  }
  Status status = RunSteps(std::move(steps), stop);
  if (status) return status;
  std::erase_if(started, [&](const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto live = live_.find(name);
    return live == live_.end() || live->second.state != "starting";
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
  const std::vector<InstanceId> ids = InstancesOf(node, from);
  {
    const std::lock_guard lock(mutex_);
    live_[node.name].node = node;
    live_[node.name].state = "starting";
    for (const InstanceId& id : ids) ++starts_[id];
  }
  if (ids.empty()) return {};
  const Result<std::string> image = PrepareImage(node);
  if (!image) {
    const Error error = Blame(image.error(), node, ids.front());
    Emit(EventKind::kNodeFailed,
         {.node = ids.front().Name(), .message = error.message, .detail = error.detail});
    return tl::unexpected<Error>(error);
  }
  for (const InstanceId& id : ids) {
    const std::string log = LogOf(id);
    Emit(EventKind::kNodeStarting, {.node = id.Name(),
                                    .image = *image,
                                    .log = LogPathOf(id),
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

Status Environment::ResetNode(const Node& node, std::stop_token stop) {
  const TimePoint start = services_.clock.Now();
  for (const InstanceId& id : InstancesOf(node)) {
    Status status = ResetInstance(node, id, stop);
    if (!status && status.error().kind == ErrorKind::kCancelled) return status;
    if (!status) {
      Error& error = status.error();
      error.node = id.Name();
      error.detail += LogTail(identity_.log_directory + "/" + LogOf(id));
      Emit(EventKind::kNodeFailed,
           {.node = id.Name(), .message = error.message, .detail = error.detail});
      return status;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    live_[node.name].state = "ready";
    dirty_.erase(node.name);
  }
  Emit(EventKind::kNodeReset,
       {.node = node.name,
        .digest = DigestOf(node),
        .duration = std::chrono::duration_cast<Duration>(services_.clock.Now() - start)});
  return {};
}

Status Environment::AwaitNode(const Node& node, int from, std::stop_token stop) {
  const TimePoint start = services_.clock.Now();
  const bool is_job = node.kind == NodeKind::kJob;
  for (const InstanceId& id : InstancesOf(node, from)) {
    const Status status = is_job ? AwaitJob(node, id, stop) : AwaitInstance(node, id, stop);
    if (!status && status.error().kind == ErrorKind::kCancelled) return status;
    if (!status) {
      const Error error = Blame(status.error(), node, id);
      Emit(EventKind::kNodeFailed,
           {.node = id.Name(), .message = error.message, .detail = error.detail});
      return tl::unexpected<Error>(error);
    }
    if (!is_job) Watch(node.name, id);
  }
  {
    const std::lock_guard lock(mutex_);
    live_[node.name].state = is_job ? "completed" : "ready";
  }
  Emit(EventKind::kNodeReady,
       {.node = node.name,
        .digest = DigestOf(node),
        .duration = std::chrono::duration_cast<Duration>(services_.clock.Now() - start)});
  return {};
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
  const Status undone = seeding_.Undo();
  static_cast<void>(StopNodes(names, grace));
  stop_deadline_ = TimePoint::max();
  const auto swept =
      services_.driver.Sweep(identity_.owner, identity_.id, services_.clock.Now() + kStopTakes);
  // What could not be stopped may be gone by the sweep.
  const Status status = swept ? undone : tl::unexpected<Error>(swept.error());
  std::map<std::string, LiveNode> remains;  // dies without the lock: its threads may want it
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, node] : known_) {
      for (const InstanceId& id : InstancesOf(node)) services_.driver.Forget(id);
    }
    known_.clear();
    remains = std::move(live_);
    live_.clear();
    dirty_.clear();
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
  for (const InstanceId& id : InstancesOf(live.node)) {
    const InstanceStatus status = services_.driver.Inspect(id);
    const auto starts = starts_.find(id);
    const int count = starts == starts_.end() ? 0 : starts->second;
    view.restarts += std::max(count - 1, 0);
    view.replicas.push_back({id.Name(), status.pid, status.container, EndpointsOf(live.node, id),
                             PeerEndpointsOf(live.node, id),
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

std::optional<Breakage> Environment::BrokenNow() const {
  std::vector<InstanceId> watched;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, live] : live_) {
      for (const auto& [id, watcher] : live.watchers) watched.push_back(id);
    }
  }
  const bool all_run = std::all_of(watched.begin(), watched.end(), [&](const InstanceId& id) {
    return services_.driver.Inspect(id).state == InstanceState::kRunning;
  });
  std::unique_lock lock(mutex_);
  if (!all_run) broke_.wait_for(lock, kNewsTake, [this] { return broken_.has_value(); });
  return broken_;
}

std::optional<Breakage> Environment::WaitUntilBroken(std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  broke_.wait(lock, stop, [this] { return broken_.has_value(); });
  return broken_;
}

}  // namespace ctestbed

// The part of Environment that is about single instances of its nodes.
#include <fmt/format.h>

#include <algorithm>

#include "base/reference.h"
#include "base/text.h"
#include "io/hide_in_files.h"
#include "supervisor/environment.h"
#include "supervisor/node_texts.h"

namespace ctestbed {
namespace {

constexpr Duration kStartTakes{60'000};
constexpr Duration kImageTakes{600'000};  // to be pulled or built
constexpr size_t kTailLines = 20;

Duration TimeOf(const Node& node) {
  if (node.kind == NodeKind::kJob) return node.timeout;
  return node.ready ? node.ready->within : kStartTakes;
}

}  // namespace

std::map<std::string, std::string> Environment::EndpointsOf(const Node& node,
                                                            const InstanceId& id) const {
  std::map<std::string, std::string> endpoints;
  for (const Port& port : node.ports) {
    const auto address = services_.driver.AddressForTests(id, port);
    if (address) endpoints[port.name] = address->Text();
  }
  return endpoints;
}

std::map<std::string, std::string> Environment::PeerEndpointsOf(const Node& node,
                                                                const InstanceId& id) const {
  std::map<std::string, std::string> endpoints;
  for (const PortAddress& port : AddressesOf(node, id)) {
    endpoints[port.port] = port.host + ":" + port.number;
  }
  return endpoints;
}

Result<std::string> Environment::PrepareImage(const Node& node) {
  const TimePoint deadline = std::min(deploy_deadline_, services_.clock.Now() + kImageTakes);
  return services_.driver.PrepareImage(node.image, node.container, deadline);
}

Status Environment::StartInstance(const Node& node, const InstanceId& id, const std::string& log) {
  TRY(const InstanceSpec spec, Specify(node, id, log));
  if (!services_.secrets.empty()) {
    TRY_DO(services_.journal.Append({"intent", "hide", LogPathOf(id), identity_.id}));
  }
  TRY_DO(services_.journal.Append({"intent", "start", id.Name(), identity_.id}));
  TRY_DO(services_.driver.Start(spec, services_.clock.Now() + kStartTakes));
  return services_.journal.Append({"done", "start", id.Name(), identity_.id});
}

Result<InstanceSpec> Environment::Specify(const Node& node, const InstanceId& id,
                                          const std::string& log) {
  const Lookup lookup = LookupIn(ValuesFor(id));
  InstanceSpec spec{.id = id, .owner = identity_.owner, .image = node.image};
  TRY(spec.command, ExpandAll(node.command, lookup));
  TRY(spec.args, ExpandAll(node.args, lookup));
  for (const auto& [name, value] : node.environment) {
    TRY(spec.environment[name], Expand(value, lookup));
  }
  spec.working_directory = node.working_directory;
  spec.private_directory = identity_.work_directory + "/" + id.Name();
  TRY_DO(services_.files.Remove(spec.private_directory));
  spec.container = node.container;
  for (const NetworkUse& use : node.container.networks.value_or(std::vector<NetworkUse>())) {
    const std::lock_guard lock(mutex_);
    if (const auto found = networks_.find(use.name); found != networks_.end()) {
      spec.networks.insert(*found);
    }
  }
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
                {"environment.id", identity_.id},
                {"listen.host", services_.driver.ListenHost()}};
  for (const auto& [name, node] : nodes) {
    std::vector<ReplicaAddresses> replicas;
    for (const InstanceId& id : InstancesOf(node)) {
      replicas.push_back(AddressesOf(node, id));
    }
    PutAddresses(values, name, replicas);
  }
  for (const auto& [name, value] : services_.secrets.Values(identity_.id)) {
    values[SecretReference(name)] = value;
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
    TRY(target.own, services_.driver.AddressForProbes(id, *port));
    target.pid = services_.driver.Inspect(id).pid;
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

Status Environment::AwaitJob(const Node& node, const InstanceId& id, std::stop_token stop) {
  const TimePoint deadline = std::min(deploy_deadline_, services_.clock.Now() + node.timeout);
  const InstanceStatus status = services_.driver.WaitForEnd(id, deadline, stop);
  if (stop.stop_requested()) return Fail(ErrorKind::kCancelled, "the wait was cancelled");
  if (status.state == InstanceState::kRunning) {
    return Fail(ErrorKind::kTimeout, "it is still running");
  }
  if (!status.Succeeded()) return Fail(ErrorKind::kEnvironment, status.Describe());
  // What it has left running goes with it.
  TRY_DO(services_.driver.Stop(id, node.stop.grace,
                               services_.clock.Now() + node.stop.grace + kStopTakes));
  HideLogs(id);
  return {};
}

Status Environment::ResetInstance(const Node& node, const InstanceId& id, std::stop_token stop) {
  TRY(const SeedTarget target, TargetOf(id, node.reset->port));
  const TimePoint deadline = std::min(deploy_deadline_, services_.clock.Now() + node.reset->within);
  TRY_DO(Perform(node.reset->todo, target, fmt::format("node '{}' could not be reset", id.Name()),
                 services_.clock, deadline, stop));
  const Status ready = AwaitInstance(node, id, stop);
  return ready ? ready : tl::unexpected<Error>(Blame(ready.error(), node, id));
}

Result<SeedTarget> Environment::TargetOf(const InstanceId& id, const std::string& port_name) {
  if (services_.driver.Inspect(id).state != InstanceState::kRunning) {
    return Fail(ErrorKind::kNotFound, fmt::format("node {} is not running", Quote(id.Name())));
  }
  SeedTarget target{.lookup = LookupIn(ValuesFor(id)), .http = &services_.http};
  target.exec = [this, id](const std::vector<std::string>& command, TimePoint deadline,
                           std::stop_token stop) {
    return services_.driver.Exec(id, command, deadline, std::move(stop));
  };
  const std::lock_guard lock(mutex_);
  if (const Port* port = FindPort(live_.at(id.node).node, port_name)) {
    TRY(target.address, services_.driver.AddressForTests(id, *port));
  }
  return target;
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
  const std::string_view goal = node.kind == NodeKind::kJob ? "had not completed" : "was not ready";
  if (error.kind == ErrorKind::kTimeout && services_.clock.Now() >= deploy_deadline_) {
    blamed.message = fmt::format("node '{}' {} when the time to deploy was over: {}", id.Name(),
                                 goal, error.message);
  } else if (error.kind == ErrorKind::kTimeout) {
    blamed.message = fmt::format("node '{}' {} within {}: {}", id.Name(), goal,
                                 FormatDuration(TimeOf(node)), error.message);
  }
  blamed.detail += LogTail(identity_.log_directory + "/" + LogOf(id));
  return blamed;
}

std::string Environment::LogOf(const InstanceId& id) const {
  const std::lock_guard lock(mutex_);
  const auto start = starts_.find(id);
  return fmt::format("{}.{}", id.Name(), start == starts_.end() ? 0 : start->second);
}

std::string Environment::LogPathOf(const InstanceId& id) const {
  return identity_.log_prefix + "/" + LogOf(id);
}

void Environment::HideLogs(const InstanceId& id) const {
  if (services_.secrets.empty()) return;
  for (const std::string_view stream : {"stdout", "stderr"}) {
    HideInFile(services_.files,
               fmt::format("{}/{}/{}.log", identity_.log_directory, LogOf(id), stream),
               services_.secrets.mask());
  }
  static_cast<void>(services_.journal.Append({"done", "hide", LogPathOf(id), identity_.id}));
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
  breakage.detail = LogTail(identity_.log_directory + "/" + LogOf(id));
  {
    const std::lock_guard lock(mutex_);
    live_[name].state = "failed";
    if (!broken_) broken_ = breakage;
    broke_.notify_all();
  }
  Emit(EventKind::kNodeFailed, {.node = id.Name(),
                                .message = breakage.message,
                                .detail = breakage.detail,
                                .log = LogPathOf(id)});
}

}  // namespace ctestbed

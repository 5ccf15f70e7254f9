#include "driver/process/driver.h"

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "driver/port_leases.h"
#include "io/process_table.h"

namespace ctestbed {
namespace {

constexpr const char* kOwnerMark = "CTESTBED_OWNER";
constexpr const char* kEnvironmentMark = "CTESTBED_ENVIRONMENT";
constexpr const char* kNodeMark = "CTESTBED_NODE";
const std::string kLabelMark = "CTESTBED_LABEL_";

struct Instance {
  InstanceSpec spec;
  std::shared_ptr<Process> process;
};

const std::string& DirectoryOf(const InstanceSpec& spec) {
  return spec.working_directory.empty() ? spec.private_directory : spec.working_directory;
}

InstanceStatus StatusOf(const Process& process) {
  const auto end = process.End();
  if (!end) return {.state = InstanceState::kRunning, .pid = process.Pid()};
  return {.state = InstanceState::kExited, .exit_code = end->exit_code, .signal = end->signal};
}

class ProcessDriver final : public Driver {
 public:
  explicit ProcessDriver(const DriverIo& io) : io_(io), ports_(io.ports) {}

  Availability Check(TimePoint) override {
    return {true, "1", "embedded; needs nothing but this machine"};
  }

  std::vector<Capability> Capabilities() const override {
    return {Capability::kCommandNodes, Capability::kExec, Capability::kReplicas,
            Capability::kNoNewPrivileges};
  }

  Result<Address> AddressForTests(const InstanceId& id, const Port& port) override {
    TRY(const int number, ports_.HostPort(id, port));
    return Address{"127.0.0.1", number};
  }

  std::string ListenHost() const override { return "127.0.0.1"; }
  Result<Address> AddressForPeers(const InstanceId& id, const Port& port) override {
    return AddressForTests(id, port);
  }

  std::string PathOf(const InstanceMount& mount) const override { return mount.source; }

  Status Start(const InstanceSpec& spec, TimePoint) override {
    if (spec.command.empty()) {
      return Fail(ErrorKind::kUnsupported,
                  fmt::format("node '{}' has no command, and the process backend runs no images",
                              spec.id.node));
    }
    if (Find(spec.id)) {
      return Fail(ErrorKind::kConflict, fmt::format("'{}' is there already", spec.id.Name()));
    }
    TRY_DO(io_.files.MakeDirectories(spec.log_directory));
    TRY_DO(io_.files.MakeDirectories(DirectoryOf(spec)));
    if (spec.port_handoff == PortHandoff::kRelease) ports_.Release(spec.id);
    TRY(std::unique_ptr<Process> process, io_.launcher.Start(ToProcess(spec)));
    const std::lock_guard lock(mutex_);
    instances_[spec.id] = {spec, std::move(process)};
    return {};
  }

  Status Stop(const InstanceId& id, Duration grace, TimePoint) override {
    const std::shared_ptr<Process> process = Find(id);
    if (!process) return {};
    TRY_DO(process->Stop(grace));
    const std::lock_guard lock(mutex_);
    instances_.erase(id);
    return {};
  }

  InstanceStatus Inspect(const InstanceId& id) override {
    const std::shared_ptr<Process> process = Find(id);
    return process ? StatusOf(*process) : InstanceStatus{};
  }

  InstanceStatus WaitForEnd(const InstanceId& id, TimePoint deadline,
                            std::stop_token stop) override {
    const std::shared_ptr<Process> process = Find(id);
    if (!process) return {};
    process->Wait(deadline, stop);
    return StatusOf(*process);
  }

  Result<ExecResult> Exec(const InstanceId& id, const std::vector<std::string>& command,
                          TimePoint deadline, std::stop_token stop) override {
    TRY(ProcessSpec spec, ExecSpec(id, command));
    TRY(const std::unique_ptr<Process> process, io_.launcher.Start(spec));
    auto end = process->Wait(deadline, stop);
    if (!end) {
      TRY_DO(process->Stop(Duration(100)));
    }
    ExecResult result{end ? end->exit_code : 0,
                      io_.files.Read(spec.stdout_path, kMostOutput).value_or("") +
                          io_.files.Read(spec.stderr_path, kMostOutput).value_or("")};
    TRY_DO(io_.files.Remove(spec.stdout_path));
    TRY_DO(io_.files.Remove(spec.stderr_path));
    if (!end) {
      return Fail(stop.stop_requested() ? ErrorKind::kCancelled : ErrorKind::kTimeout,
                  fmt::format("'{}' did not end in time", command.front()), result.output);
    }
    if (end->signal != 0) result.exit_code = 128 + end->signal;
    return result;
  }

  void Forget(const InstanceId& id) override { ports_.Forget(id); }

  Result<std::vector<std::string>> Sweep(const std::string& owner, const std::string& environment,
                                         TimePoint deadline) override {
    // Ids of environments are unique, so that one is mark enough.
    TRY(const std::vector<int> killed, environment.empty()
                                           ? KillMarked(kOwnerMark, owner, deadline)
                                           : KillMarked(kEnvironmentMark, environment, deadline));
    std::vector<std::string> names;
    for (const int pid : killed) names.push_back(fmt::format("process {}", pid));
    return names;
  }

  Result<std::vector<std::string>> Owners(TimePoint) override {
    std::set<std::string> owners;
    for (const MarkedProcess& marked : FindMarked(kOwnerMark)) owners.insert(marked.value);
    return std::vector<std::string>(owners.begin(), owners.end());
  }

 private:
  static constexpr size_t kMostOutput = 1U << 20U;

  std::shared_ptr<Process> Find(const InstanceId& id) {
    const std::lock_guard lock(mutex_);
    const auto found = instances_.find(id);
    return found == instances_.end() ? nullptr : found->second.process;
  }

  static ProcessSpec ToProcess(const InstanceSpec& spec) {
    ProcessSpec process{.command = spec.Words(),
                        .environment = spec.environment,
                        .working_directory = DirectoryOf(spec),
                        .stdout_path = spec.log_directory + "/stdout.log",
                        .stderr_path = spec.log_directory + "/stderr.log"};
    process.no_new_privileges = spec.container.security.no_new_privileges.value_or(false);
    for (const auto& [name, value] : spec.container.labels) {
      process.environment[kLabelMark + name] = value;
    }
    process.environment[kOwnerMark] = spec.owner;
    process.environment[kEnvironmentMark] = spec.id.environment;
    process.environment[kNodeMark] = spec.id.Name();
    return process;
  }

  Result<ProcessSpec> ExecSpec(const InstanceId& id, const std::vector<std::string>& command) {
    const std::lock_guard lock(mutex_);
    const auto found = instances_.find(id);
    if (found == instances_.end()) {
      return Fail(ErrorKind::kNotFound, fmt::format("'{}' is not running", id.Name()));
    }
    ProcessSpec spec = ToProcess(found->second.spec);
    spec.command = command;
    const std::string base =
        fmt::format("{}/exec-{}", found->second.spec.log_directory, ++exec_count_);
    spec.stdout_path = base + ".out";
    spec.stderr_path = base + ".err";
    return spec;
  }

  const DriverIo io_;
  PortLeases ports_;
  std::mutex mutex_;
  std::map<InstanceId, Instance> instances_;
  std::atomic<int> exec_count_{0};
};

}  // namespace

std::unique_ptr<Driver> MakeProcessDriver(const DriverIo& io) {
  return std::make_unique<ProcessDriver>(io);
}

}  // namespace ctestbed

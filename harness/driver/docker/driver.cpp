#include "driver/docker/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "base/json.h"
#include "base/text.h"
#include "driver/docker/connection.h"
#include "driver/docker/containers.h"
#include "driver/docker/exec.h"
#include "driver/docker/images.h"
#include "driver/docker/log_follower.h"
#include "driver/docker/networks.h"
#include "driver/docker/sweep.h"
#include "driver/port_leases.h"

namespace ctestbed {
namespace {

constexpr Duration kCleanUpTakes{15'000};  // of what a failed start has left
constexpr Duration kLookTakes{5'000};      // while an engine does not answer
constexpr Duration kHearTakes{10'000};     // before anything is asked of an engine
constexpr Duration kLogTakes{10'000};      // from the end of a container to the end of its log
constexpr Duration kPause{100};            // after an engine did not answer
constexpr Duration kShortPause{10};        // from the begin of a wait to that of the next

// A container that this driver started.
struct Instance {
  std::string container;  // name
  std::vector<NetworkEnd> ends;
  std::unique_ptr<LogFollower> log;
};

class ContainerDriver final : public Driver {
 public:
  ContainerDriver(const DriverIo& io, const EngineKind& kind)
      : io_(io), connection_(io, kind), ports_(io.ports), images_(io.files) {}

  Availability Check(TimePoint deadline) override { return connection_.Check(deadline); }

  std::vector<Capability> Capabilities() const override {
    return {Capability::kBuild,        Capability::kImageNodes,
            Capability::kExec,         Capability::kReplicas,
            Capability::kNetworks,     Capability::kReadOnlyMounts,
            Capability::kUser,         Capability::kDropCaps,
            Capability::kSeccomp,      Capability::kNoNewPrivileges,
            Capability::kReadOnlyRoot, Capability::kPrivileged,
            Capability::kMemoryLimit,  Capability::kCpuLimit,
            Capability::kPidsLimit};
  }

  Result<Address> AddressForTests(const InstanceId& id, const Port& port) override {
    TRY(const int number, ports_.HostPort(id, port));
    return Address{"127.0.0.1", number};
  }

  Result<Address> AddressForPeers(const InstanceId& id, const Port& port) override {
    TRY(const int number, ports_.HostPort(id, port));
    return Address{id.Name(), ContainerPort(port, number)};
  }

  // An engine accepts connections to published ports before anybody listens inside.
  Result<Address> AddressForProbes(const InstanceId& id, const Port& port) override {
    TRY(const int number, ports_.HostPort(id, port));
    const TimePoint deadline = io_.clock.Now() + kLookTakes;
    TRY(const Engine engine, connection_.Get(deadline));
    TRY(std::string host, AddressOfContainer(engine, id, deadline));
    const bool is_here = !engine.endpoint().unix_socket.empty();
    if (host.empty() || !is_here) return Address{"127.0.0.1", number};
    return Address{std::move(host), ContainerPort(port, number)};
  }

  std::string ListenHost() const override { return "0.0.0.0"; }

  std::string PathOf(const InstanceMount& mount) const override { return MountPath(mount); }

  Result<std::string> PrepareImage(const std::string& image, const ContainerSpec& container,
                                   TimePoint deadline) override {
    TRY(const Engine engine, connection_.Get(deadline));
    TRY(ImageFacts facts, images_.Get(engine, image, container, deadline));
    return std::move(facts.id);
  }

  Status Start(const InstanceSpec& wanted, TimePoint deadline) override {
    InstanceSpec spec = wanted;
    spec.environment = WithoutThoseOfTheMachine(spec.environment, io_.environment);
    if (Find(spec.id)) {
      return Fail(ErrorKind::kConflict, fmt::format("'{}' is there already", spec.id.Name()));
    }
    TRY(const Engine engine, connection_.Get(deadline));
    TRY(const ContainerPlan plan, PlanOf(engine, spec, deadline));
    TRY_DO(io_.files.MakeDirectories(spec.log_directory));
    TRY(OutputFiles files, OutputFiles::Open(spec.log_directory));
    const std::vector<NetworkEnd> ends = NetworkEndsOf(spec);
    TRY_DO(networks_.Acquire(engine, ends, spec.id.environment, spec.owner, deadline));
    if (spec.port_handoff == PortHandoff::kRelease) ports_.Release(spec.id);
    const Result<std::string> container =
        StartContainer(engine, spec, plan, deadline, io_.clock.Now() + kCleanUpTakes);
    if (!container) {
      networks_.Release(engine, ends, io_.clock.Now() + kCleanUpTakes);
      return tl::unexpected<Error>(container.error());
    }
    auto instance = std::make_shared<Instance>();
    instance->container = ContainerName(spec.id);
    instance->ends = ends;
    instance->log =
        std::make_unique<LogFollower>(engine, io_.clock, io_.files, *container, std::move(files));
    const std::lock_guard lock(mutex_);
    instances_[spec.id] = std::move(instance);
    return {};
  }

  Status Stop(const InstanceId& id, Duration grace, TimePoint deadline) override {
    TRY(const Engine engine, connection_.Get(deadline));
    const TimePoint polite = std::min(deadline, io_.clock.Now() + grace);
    // One that hangs must not cost all the time that a stop may take.
    TRY_DO(LookAtContainer(engine, id, std::min(deadline, io_.clock.Now() + kHearTakes))
               .map([](const InstanceStatus&) {}));
    TRY(const bool is_running, AskToStop(engine, id, deadline));
    if (is_running && WaitForEnd(id, polite, {}).state == InstanceState::kRunning) {
      KillContainer(engine, id, deadline);
      WaitForEnd(id, deadline, {});
    }
    AwaitLog(id, std::min(deadline, io_.clock.Now() + kLogTakes), {});
    TRY_DO(RemoveContainer(engine, io_.clock, id, deadline));
    if (const std::shared_ptr<Instance> instance = Take(id)) {
      networks_.Release(engine, instance->ends, io_.clock.Now() + kCleanUpTakes);
    }
    return {};
  }

  InstanceStatus Inspect(const InstanceId& id) override {
    const TimePoint deadline = io_.clock.Now() + kLookTakes;
    Result<InstanceStatus> status = Look(id, deadline);
    while (!status && io_.clock.Now() < deadline) {
      io_.clock.SleepUntil(io_.clock.Now() + kPause, {});
      status = Look(id, deadline);
    }
    if (!status) return {.out_of_reach = status.error().message};
    if (status->state == InstanceState::kExited) AwaitLog(id, deadline, {});
    return *status;
  }

  InstanceStatus WaitForEnd(const InstanceId& id, TimePoint deadline,
                            std::stop_token stop) override {
    TimePoint heard = io_.clock.Now();  // from the engine
    for (;;) {
      const Result<InstanceStatus> status = Look(id, io_.clock.Now() + kLookTakes);
      if (status) heard = io_.clock.Now();
      if (status && status->state != InstanceState::kRunning) {
        AwaitLog(id, io_.clock.Now() + kLogTakes, stop);
        return *status;
      }
      const TimePoint now = io_.clock.Now();
      if (now >= deadline || stop.stop_requested()) {
        return status.value_or(InstanceStatus{.state = InstanceState::kRunning});
      }
      if (now - heard >= kLookTakes) return {.out_of_reach = status.error().message};
      const Status waited = WaitOnce(id, deadline, stop);
      // An engine that ends the wait too early must not be asked without pause.
      const Duration pause = waited ? kShortPause : kPause;
      io_.clock.SleepUntil(std::min(deadline, now + pause), stop);
    }
  }

  Result<ExecResult> Exec(const InstanceId& id, const std::vector<std::string>& command,
                          TimePoint deadline, std::stop_token stop) override {
    TRY(const Engine engine, connection_.Get(deadline));
    TRY(const InstanceStatus status, LookAtContainer(engine, id, deadline));
    if (status.state != InstanceState::kRunning) {
      return Fail(ErrorKind::kNotFound, fmt::format("'{}' is not running", id.Name()));
    }
    return ExecInContainer(engine, ContainerName(id), command, deadline, std::move(stop));
  }

  void Forget(const InstanceId& id) override { ports_.Forget(id); }

  Result<std::vector<std::string>> Sweep(const std::string& owner, const std::string& environment,
                                         TimePoint deadline) override {
    TRY(const Engine engine, connection_.Get(deadline));
    TRY(std::vector<std::string> removed,
        SweepEngine(engine, io_.clock, owner, environment, deadline));
    for (const std::string& thing : removed) ForgetThing(thing);
    return removed;
  }

  Result<std::vector<std::string>> Owners(TimePoint deadline) override {
    TRY(const Engine engine, connection_.Get(deadline));
    return OwnersOnEngine(engine, deadline);
  }

 private:
  std::shared_ptr<Instance> Find(const InstanceId& id) {
    const std::lock_guard lock(mutex_);
    const auto found = instances_.find(id);
    return found == instances_.end() ? nullptr : found->second;
  }

  std::shared_ptr<Instance> Take(const InstanceId& id) {
    const std::lock_guard lock(mutex_);
    auto taken = instances_.extract(id);
    return taken.empty() ? nullptr : std::move(taken.mapped());
  }

  // What a sweep has removed behind the back of the records.
  void ForgetThing(const std::string& thing) {
    std::vector<std::shared_ptr<Instance>> gone;  // their threads end without the lock
    const std::lock_guard lock(mutex_);
    for (auto each = instances_.begin(); each != instances_.end();) {
      if (thing == "container " + each->second->container) {
        gone.push_back(std::move(each->second));
        each = instances_.erase(each);
      } else {
        ++each;
      }
    }
    constexpr std::string_view kNetwork = "network ";
    if (thing.starts_with(kNetwork)) networks_.Forget(thing.substr(kNetwork.size()));
  }

  Result<ContainerPlan> PlanOf(const Engine& engine, const InstanceSpec& spec, TimePoint deadline) {
    ContainerPlan plan;
    TRY(const ImageFacts image, images_.Get(engine, spec.image, spec.container, deadline));
    plan.image = image.name;
    plan.user = image.user;
    for (const Port& port : spec.ports) {
      TRY(plan.host[port.name], ports_.HostPort(spec.id, port));
    }
    const std::string seccomp = spec.container.security.seccomp.value_or("default");
    if (seccomp != "default" && seccomp != "unconfined") {
      TRY(plan.seccomp, io_.files.Read(seccomp));
    }
    return plan;
  }

  Result<InstanceStatus> Look(const InstanceId& id, TimePoint deadline) {
    TRY(const Engine engine, connection_.Get(deadline));
    return LookAtContainer(engine, id, deadline);
  }

  Status WaitOnce(const InstanceId& id, TimePoint deadline, const std::stop_token& stop) {
    TRY(const Engine engine, connection_.Get(deadline));
    return AwaitContainer(engine, id, deadline, stop);
  }

  void AwaitLog(const InstanceId& id, TimePoint deadline, const std::stop_token& stop) {
    const std::shared_ptr<Instance> instance = Find(id);
    if (instance) instance->log->WaitUntilComplete(deadline, stop);
  }

  const DriverIo io_;
  EngineConnection connection_;
  PortLeases ports_;
  Networks networks_;
  Images images_;
  std::mutex mutex_;
  std::map<InstanceId, std::shared_ptr<Instance>> instances_;
};

}  // namespace

std::unique_ptr<Driver> MakeDockerDriver(const DriverIo& io) {
  return std::make_unique<ContainerDriver>(
      io, EngineKind{"Docker", DockerEndpoints,
                     "start one (https://docs.docker.com/engine/install/), or name one by "
                     "DOCKER_HOST=unix:///PATH"});
}

std::unique_ptr<Driver> MakePodmanDriver(const DriverIo& io) {
  return std::make_unique<ContainerDriver>(
      io, EngineKind{"Podman", PodmanEndpoints,
                     "start one ('podman system service --time=0 unix:///PATH'), or name one by "
                     "CONTAINER_HOST=unix:///PATH"});
}

}  // namespace ctestbed

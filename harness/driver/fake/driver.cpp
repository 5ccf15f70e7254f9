#include "driver/fake/driver.h"

#include <fmt/format.h>

#include <charconv>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

namespace ctestbed {
namespace {

// What [exit, CODE] ends with; nothing for other commands.
std::optional<int> ExitCodeOf(const std::vector<std::string>& words) {
  if (words.size() != 2 || words[0] != "exit") return std::nullopt;
  int code = 0;
  std::from_chars(words[1].data(), words[1].data() + words[1].size(), code);
  return code;
}

struct Instance {
  InstanceSpec spec;
  InstanceStatus status{.state = InstanceState::kRunning};

  bool IsStuck() const { return spec.Words() == std::vector<std::string>{"stuck"}; }
};

class InMemoryDriver final : public FakeDriver {
 public:
  Availability Check(TimePoint) override { return {true, "1", "in memory; runs nothing"}; }

  std::vector<Capability> Capabilities() const override {
    std::vector<Capability> all;
    for (int i = 0; i <= static_cast<int>(Capability::kPidsLimit); ++i) {
      all.push_back(static_cast<Capability>(i));
    }
    return all;
  }

  Result<Address> AddressForTests(const InstanceId& id, const Port& port) override {
    const std::lock_guard lock(mutex_);
    if (port.host != 0) return Address{"127.0.0.1", port.host + id.replica};
    const auto [place, is_new] = ports_.try_emplace({id, port.name}, next_port_);
    if (is_new) ++next_port_;
    return Address{"127.0.0.1", place->second};
  }

  std::string ListenHost() const override { return "127.0.0.1"; }
  Result<Address> AddressForPeers(const InstanceId& id, const Port& port) override {
    return AddressForTests(id, port);
  }

  std::string PathOf(const InstanceMount& mount) const override { return mount.source; }

  Status Start(const InstanceSpec& spec, TimePoint) override {
    const std::lock_guard lock(mutex_);
    if (instances_.contains(spec.id)) {
      return Fail(ErrorKind::kConflict, fmt::format("'{}' is there already", spec.id.Name()));
    }
    calls_.push_back("start " + spec.id.Name());
    const std::vector<std::string> words = spec.Words();
    if (!words.empty() && words[0] == "fail") {
      return Fail(ErrorKind::kNotFound, "program 'fail' not found");
    }
    Instance instance{spec, {.state = InstanceState::kRunning, .pid = ++next_pid_}};
    if (const std::optional<int> code = ExitCodeOf(words)) {
      instance.status = {.state = InstanceState::kExited, .exit_code = *code};
    }
    instances_[spec.id] = instance;
    return {};
  }

  Status Stop(const InstanceId& id, Duration, TimePoint) override {
    const std::lock_guard lock(mutex_);
    if (!instances_.contains(id)) return {};
    calls_.push_back("stop " + id.Name());
    if (fail_stops_ || instances_[id].IsStuck())
      return Fail(ErrorKind::kTimeout, fmt::format("'{}' cannot be stopped", id.Name()));
    instances_.erase(id);
    changed_.notify_all();
    return {};
  }

  InstanceStatus Inspect(const InstanceId& id) override {
    const std::lock_guard lock(mutex_);
    return StatusOf(id);
  }

  InstanceStatus WaitForEnd(const InstanceId& id, TimePoint deadline,
                            std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, deadline,
                        [&] { return StatusOf(id).state != InstanceState::kRunning; });
    return StatusOf(id);
  }

  Result<ExecResult> Exec(const InstanceId& id, const std::vector<std::string>& command, TimePoint,
                          std::stop_token) override {
    const std::lock_guard lock(mutex_);
    if (StatusOf(id).state != InstanceState::kRunning) {
      return Fail(ErrorKind::kNotFound, fmt::format("'{}' is not running", id.Name()));
    }
    calls_.push_back(fmt::format("exec {}", fmt::join(command, " ")));
    return ExecResult{ExitCodeOf(command).value_or(command.front() == "false" ? 1 : 0),
                      fmt::format("{}\n", fmt::join(command, " "))};
  }

  void Forget(const InstanceId& id) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(ports_, [&](const auto& entry) { return entry.first.first == id; });
  }

  Result<std::vector<std::string>> Sweep(const std::string& owner, const std::string& environment,
                                         TimePoint) override {
    const std::lock_guard lock(mutex_);
    const auto chosen = [&](const auto& entry) {
      return entry.second.spec.owner == owner &&
             (environment.empty() || entry.first.environment == environment);
    };
    std::vector<std::string> names;
    for (const auto& entry : instances_) {
      if (!chosen(entry)) continue;
      names.push_back(entry.first.Name());
      if (fail_stops_ || entry.second.IsStuck()) {
        return Fail(ErrorKind::kTimeout, fmt::format("'{}' cannot be removed", names.back()));
      }
    }
    std::erase_if(instances_, chosen);
    changed_.notify_all();
    return names;
  }

  Result<std::vector<std::string>> Owners(TimePoint) override {
    const std::lock_guard lock(mutex_);
    std::set<std::string> owners;
    for (const auto& [id, instance] : instances_) owners.insert(instance.spec.owner);
    return std::vector<std::string>(owners.begin(), owners.end());
  }

  void Crash(const InstanceId& id, int exit_code) override {
    const std::lock_guard lock(mutex_);
    instances_[id].status = {.state = InstanceState::kExited, .exit_code = exit_code};
    changed_.notify_all();
  }

  InstanceSpec Spec(const InstanceId& id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = instances_.find(id);
    return found == instances_.end() ? InstanceSpec{} : found->second.spec;
  }

  std::vector<std::string> Calls() const override {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  void FailStops(bool fail) override {
    const std::lock_guard lock(mutex_);
    fail_stops_ = fail;
  }

  std::map<std::string, std::string> EnvironmentOf(const InstanceId& id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = instances_.find(id);
    return found == instances_.end() ? std::map<std::string, std::string>()
                                     : found->second.spec.environment;
  }

 private:
  InstanceStatus StatusOf(const InstanceId& id) const {
    const auto found = instances_.find(id);
    return found == instances_.end() ? InstanceStatus{} : found->second.status;
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<InstanceId, Instance> instances_;
  std::map<std::pair<InstanceId, std::string>, int> ports_;
  std::vector<std::string> calls_;
  int next_port_ = 20000;
  int next_pid_ = 1000;
  bool fail_stops_ = false;
};

}  // namespace

std::unique_ptr<Driver> MakeFakeDriver(const DriverIo&) {
  return MakeSwitchableFakeDriver();
}

std::unique_ptr<FakeDriver> MakeSwitchableFakeDriver() {
  return std::make_unique<InMemoryDriver>();
}

}  // namespace ctestbed

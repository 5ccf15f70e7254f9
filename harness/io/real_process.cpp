#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "io/process.h"

namespace ctestbed {
namespace {

// SIGKILL follows the grace at once, so a tree that is still there after this will not go.
constexpr Duration kKillTakes{5'000};

// The program's end of the socket pair that a shim is told about as descriptor 3.
constexpr int kShimControl = 3;

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

// One message of the shim; empty when it is gone.
std::string Receive(int control) {
  std::array<char, 256> text{};
  ssize_t got = 0;
  do {
    got = recv(control, text.data(), text.size(), 0);
  } while (got < 0 && errno == EINTR);
  return got > 0 ? std::string(text.data(), static_cast<size_t>(got)) : std::string();
}

// Owns a shim: its control socket, and the thread that reads what it says until it is gone.
class ShimProcess final : public Process {
 public:
  ShimProcess(int shim, int control, int pid) : shim_(shim), control_(control), pid_(pid) {
    reader_ = std::thread([this] { ReadUntilEnd(); });
  }

  ~ShimProcess() override {
    shutdown(control_, SHUT_WR);  // the shim takes that for our death, and kills all
    reader_.join();
    close(control_);
  }

  int Pid() const override { return pid_; }

  std::optional<ProcessEnd> Wait(TimePoint deadline, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, deadline, [this] { return end_.has_value(); });
    return end_;
  }

  std::optional<ProcessEnd> End() const override {
    const std::lock_guard lock(mutex_);
    return end_;
  }

  Status Stop(Duration grace) override {
    Send(fmt::format("stop {}", grace.count()));
    if (Wait(std::chrono::steady_clock::now() + grace + kKillTakes, {})) return {};
    return Fail(ErrorKind::kTimeout, fmt::format("process {} cannot be killed", pid_));
  }

  Status Signal(int signal) override {
    Send(fmt::format("signal {}", signal));
    return {};
  }

 private:
  // A message to a shim that is gone is lost, and does not matter: Wait() tells the end.
  void Send(const std::string& message) const {
    send(control_, message.data(), message.size(), MSG_NOSIGNAL);
  }

  void ReadUntilEnd() {
    // A shim that dies without a word was killed, and its program with it.
    ProcessEnd end{0, SIGKILL};
    for (std::string message = Receive(control_); !message.empty(); message = Receive(control_)) {
      std::sscanf(message.c_str(), "ended %d %d", &end.exit_code, &end.signal);
    }
    while (waitpid(shim_, nullptr, 0) < 0 && errno == EINTR) {
    }
    const std::lock_guard lock(mutex_);
    end_ = end;
    changed_.notify_all();
  }

  const int shim_;
  const int control_;
  const int pid_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<ProcessEnd> end_;
  std::thread reader_;
};

struct Spawned {
  int shim = -1;
  int error = 0;
};

// Runs every job on one thread that lives as long as this.
class SpawnThread {
 public:
  SpawnThread() : thread_([this](std::stop_token stop) { Work(stop); }) {}

  Spawned Spawn(const std::vector<std::string>& command,
                const std::map<std::string, std::string>& environment, int control) {
    std::packaged_task<Spawned()> job([&] { return DoSpawn(command, environment, control); });
    std::future<Spawned> result = job.get_future();
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return result.get();
  }

 private:
  void Work(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
      std::packaged_task<Spawned()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
    }
  }

  static Spawned DoSpawn(const std::vector<std::string>& command,
                         const std::map<std::string, std::string>& environment, int control) {
    std::vector<std::string> entries;
    for (const auto& [name, value] : environment) entries.push_back(name + "=" + value);
    std::vector<char*> argv = Pointers(command);
    std::vector<char*> envp = Pointers(entries);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int null : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions, null, "/dev/null", O_RDWR, 0);
    }
    posix_spawn_file_actions_adddup2(&actions, control, kShimControl);
    posix_spawn_file_actions_addclosefrom_np(&actions, kShimControl + 1);
    Spawned spawned;
    spawned.error =
        posix_spawn(&spawned.shim, argv[0], &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    return spawned;
  }

  static std::vector<char*> Pointers(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::packaged_task<Spawned()>> jobs_;
  std::jthread thread_;  // last, so that it ends first
};

Error StartError(const ProcessSpec& spec, const std::string& message) {
  std::array<char, 16> step{};
  int error = EIO;
  std::sscanf(message.c_str(), "failed %d %15s", &error, step.data());
  const bool missing = error == ENOENT || error == ENOTDIR;
  Error result;
  result.kind = missing ? ErrorKind::kNotFound : ErrorKind::kInvalid;
  if (std::string_view(step.data()) == "directory") {
    result.message = fmt::format("cannot enter directory {}: {}", Quote(spec.working_directory),
                                 std::strerror(error));
  } else if (missing) {
    const auto path = spec.environment.find("PATH");
    result.message = fmt::format("program {} not found", Quote(spec.command.front()));
    result.detail = fmt::format("PATH is {}\ncommand: {}",
                                path == spec.environment.end() ? "not set" : path->second,
                                ShellCommand(spec.command));
  } else {
    result.message =
        fmt::format("cannot execute {}: {}", Quote(spec.command.front()), std::strerror(error));
    result.detail = "command: " + ShellCommand(spec.command);
  }
  return result;
}

class RealLauncher final : public Launcher {
 public:
  explicit RealLauncher(std::string shim) : shim_(std::move(shim)) {}

  Result<std::unique_ptr<Process>> Start(const ProcessSpec& spec) override {
    if (spec.command.empty()) return Fail(ErrorKind::kInvalid, "empty command");
    std::array<int, 2> sockets{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
      return Fail(ErrorKind::kInternal, fmt::format("socketpair: {}", std::strerror(errno)));
    }
    const Spawned spawned = spawner_.Spawn(ShimCommand(spec), spec.environment, sockets[1]);
    close(sockets[1]);
    if (spawned.error != 0) {
      close(sockets[0]);
      return Fail(ErrorKind::kInternal,
                  fmt::format("cannot start {}: {}", Quote(shim_), std::strerror(spawned.error)));
    }
    const std::string message = Receive(sockets[0]);
    int pid = 0;
    if (std::sscanf(message.c_str(), "started %d", &pid) != 1) {
      close(sockets[0]);
      waitpid(spawned.shim, nullptr, 0);
      return tl::unexpected<Error>(StartError(spec, message));
    }
    return std::make_unique<ShimProcess>(spawned.shim, sockets[0], pid);
  }

 private:
  std::vector<std::string> ShimCommand(const ProcessSpec& spec) const {
    std::vector<std::string> command{shim_,
                                     std::to_string(getpid()),
                                     spec.stdout_path,
                                     spec.stderr_path,
                                     std::to_string(spec.log_limit),
                                     spec.no_new_privileges ? "no-new-privileges" : "-",
                                     spec.working_directory.empty() ? "/" : spec.working_directory};
    command.insert(command.end(), spec.command.begin(), spec.command.end());
    return command;
  }

  std::string shim_;
  SpawnThread spawner_;
};

}  // namespace

std::string ProcessEnd::Describe() const {
  if (signal != 0) return fmt::format("was killed by {}", SignalName(signal));
  return fmt::format("exited with code {}", exit_code);
}

Result<std::unique_ptr<Launcher>> MakeRealLauncher(const std::string& shim) {
  if (access(shim.c_str(), X_OK) != 0) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot execute {}: {}", Quote(shim), std::strerror(errno)));
  }
  return std::make_unique<RealLauncher>(shim);
}

}  // namespace ctestbed

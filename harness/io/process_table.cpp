#include "io/process_table.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/digest.h"
#include "base/text.h"

namespace ctestbed {
namespace {

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<int> ParsePid(const std::string& text) {
  int pid = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return pid;
}

struct Stat {
  std::string name;
  char state = 'X';
  int parent = 0;
  unsigned long long start_time = 0;
};

std::optional<Stat> ReadStat(int pid) {
  const std::string text = Slurp(fmt::format("/proc/{}/stat", pid));
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  const std::vector<std::string> fields = Split(text.substr(close + 2), ' ');
  if (fields.size() < 20) return std::nullopt;
  Stat stat{text.substr(open + 1, close - open - 1), fields[0][0], ParsePid(fields[1]).value_or(0)};
  std::from_chars(fields[19].data(), fields[19].data() + fields[19].size(), stat.start_time);
  return stat;
}

std::vector<int> AllPids() {
  std::vector<int> pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    if (const auto pid = ParsePid(entry.path().filename().string())) pids.push_back(*pid);
  }
  return pids;
}

std::string HostAndBoot() {
  // Numbers of processes mean nothing in another namespace.
  std::error_code error;
  const std::string numbers = std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
  const std::string host =
      Sha256(Slurp("/etc/machine-id") + Slurp("/etc/hostname") + numbers).substr(0, 12);
  return host + ":" + std::string(Trim(Slurp("/proc/sys/kernel/random/boot_id")));
}

int OpenPidfd(int pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

// Kills exactly this process: through a pidfd, so that a reused pid is never hit.
void KillExactly(const ProcessIdentity& process) {
  const int pidfd = OpenPidfd(process.pid);
  if (pidfd < 0) return;
  if (IsAlive(process)) syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0);
  close(pidfd);
}

}  // namespace

std::string ThisHost() {
  utsname host{};
  if (uname(&host) != 0) return "";
  const unsigned processors = std::thread::hardware_concurrency();
  return fmt::format("{}, {} {} {}, {} processor{}", host.nodename, host.sysname, host.release,
                     host.machine, processors, processors == 1 ? "" : "s");
}

int OwnPid() {
  return getpid();
}

std::optional<ProcessIdentity> Identify(int pid) {
  const auto stat = ReadStat(pid);
  if (!stat) return std::nullopt;
  return ProcessIdentity{pid, stat->start_time};
}

bool IsAlive(const ProcessIdentity& process) {
  const auto stat = ReadStat(process.pid);
  return stat && stat->start_time == process.start_time && stat->state != 'Z' && stat->state != 'X';
}

std::string OwnerName(const ProcessIdentity& process) {
  return fmt::format("{}:{}:{}", HostAndBoot(), process.pid, process.start_time);
}

bool IsDeadOwner(const std::string& owner) {
  const std::vector<std::string> parts = Split(owner, ':');
  if (parts.size() != 4) return false;
  const std::vector<std::string> here = Split(HostAndBoot(), ':');
  if (parts[0] != here[0]) return false;
  if (parts[1] != here[1]) return true;
  ProcessIdentity process{ParsePid(parts[2]).value_or(0), 0};
  std::from_chars(parts[3].data(), parts[3].data() + parts[3].size(), process.start_time);
  return !IsAlive(process);
}

std::optional<ProcessIdentity> FindAncestor(const std::string& name) {
  for (int pid = getppid(); pid > 1;) {
    const auto stat = ReadStat(pid);
    if (!stat) return std::nullopt;
    if (stat->name == name) return ProcessIdentity{pid, stat->start_time};
    pid = stat->parent;
  }
  return std::nullopt;
}

std::vector<std::string> CommandLineOf(int pid) {
  std::vector<std::string> words = Split(Slurp(fmt::format("/proc/{}/cmdline", pid)), '\0');
  words.pop_back();
  return words;
}

std::string WorkingDirectoryOf(int pid) {
  std::error_code error;
  return std::filesystem::read_symlink(fmt::format("/proc/{}/cwd", pid), error).string();
}

bool WaitForEnd(const ProcessIdentity& process, std::stop_token stop) {
  const int pidfd = OpenPidfd(process.pid);
  if (pidfd < 0 || !IsAlive(process)) {
    if (pidfd >= 0) close(pidfd);
    return true;
  }
  const int wake = eventfd(0, EFD_CLOEXEC);
  {
    const std::stop_callback on_stop(stop, [&] { eventfd_write(wake, 1); });
    std::array<pollfd, 2> ready{{{pidfd, POLLIN, 0}, {wake, POLLIN, 0}}};
    while (poll(ready.data(), ready.size(), -1) < 0 && errno == EINTR) {
    }
  }
  close(wake);
  close(pidfd);
  return !IsAlive(process);
}

std::vector<MarkedProcess> FindMarked(const std::string& name) {
  std::vector<MarkedProcess> found;
  const std::string prefix = name + "=";
  for (const int pid : AllPids()) {
    const auto identity = Identify(pid);
    if (!identity || !IsAlive(*identity)) continue;
    // Of other users' processes the environment cannot be read, so it is empty here.
    for (const std::string& entry : Split(Slurp(fmt::format("/proc/{}/environ", pid)), '\0')) {
      if (entry.starts_with(prefix)) found.push_back({*identity, entry.substr(prefix.size())});
    }
  }
  return found;
}

Result<std::vector<int>> KillMarked(const std::string& name, const std::string& value,
                                    TimePoint deadline) {
  std::vector<int> killed;
  for (;;) {
    std::vector<MarkedProcess> left = FindMarked(name);
    std::erase_if(left, [&](const MarkedProcess& marked) {
      return marked.value != value || marked.process.pid == getpid();
    });
    if (left.empty()) return killed;
    for (const MarkedProcess& marked : left) {
      KillExactly(marked.process);
      if (std::find(killed.begin(), killed.end(), marked.process.pid) == killed.end()) {
        killed.push_back(marked.process.pid);
      }
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout,
                  fmt::format("process {} cannot be killed", left.front().process.pid));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace ctestbed

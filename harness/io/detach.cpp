#include "io/detach.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr int kLock = 3;
constexpr int kHandshake = 4;
constexpr std::string_view kReady = "ready\n";

struct SpawnSetup {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};

  SpawnSetup(const std::string& log_path, int lock, int handshake) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_path.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, lock, kLock);
    posix_spawn_file_actions_adddup2(&actions, handshake, kHandshake);
    posix_spawn_file_actions_addclosefrom_np(&actions, kHandshake + 1);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
};

// What the program says until it closes its end or says that it is ready.
std::string ReadHandshake(int pipe, TimePoint deadline) {
  std::string said;
  while (!said.ends_with(kReady)) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ready{pipe, POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) == 0) return "timeout";
    std::array<char, 4096> buffer{};
    const ssize_t got = read(pipe, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    said.append(buffer.data(), static_cast<size_t>(got));
  }
  return said;
}

// Moves a descriptor out of the way of the numbers that the child's actions overwrite.
int Raised(int descriptor) {
  return fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
}

}  // namespace

Status StartDetached(const std::vector<std::string>& command, const std::string& log_path,
                     FileLock lock, TimePoint deadline) {
  std::array<int, 2> handshake{};
  if (pipe2(handshake.data(), O_CLOEXEC) != 0) {
    return Fail(ErrorKind::kInternal, fmt::format("pipe: {}", std::strerror(errno)));
  }
  const int lock_copy = Raised(lock.Descriptor());
  const int handshake_copy = Raised(handshake[1]);
  close(handshake[1]);
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  const SpawnSetup setup(log_path, lock_copy, handshake_copy);
  const int error =
      posix_spawn(&pid, argv[0], &setup.actions, &setup.attributes, argv.data(), environ);
  close(lock_copy);
  close(handshake_copy);
  if (error != 0) {
    close(handshake[0]);
    return Fail(ErrorKind::kInternal,
                fmt::format("cannot start {}: {}", Quote(command[0]), std::strerror(error)));
  }
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  const std::string said = ReadHandshake(handshake[0], deadline);
  close(handshake[0]);
  if (said.ends_with(kReady)) return {};
  const std::string log = fmt::format("see {}", log_path);
  if (said.empty()) {
    return Fail(ErrorKind::kEnvironment, "the supervisor ended before it was ready", log);
  }
  return Fail(said == "timeout" ? ErrorKind::kTimeout : ErrorKind::kUnavailable, said, log);
}

Result<DetachedProgram> DetachedProgram::Enter() {
  struct stat info {};
  if (fstat(kLock, &info) != 0 || fstat(kHandshake, &info) != 0 || !S_ISFIFO(info.st_mode)) {
    return Fail(ErrorKind::kInvalid, "this command is started by ctestbed, not by hand");
  }
  const pid_t pid = fork();
  if (pid < 0) return Fail(ErrorKind::kInternal, fmt::format("fork: {}", std::strerror(errno)));
  if (pid > 0) _exit(0);
  for (const int descriptor : {kLock, kHandshake}) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  umask(077);
  if (chdir("/") != 0) return Fail(ErrorKind::kInternal, "cannot enter /");
  return DetachedProgram(FileLock(kLock), kHandshake);
}

void DetachedProgram::Ready() {
  [[maybe_unused]] const ssize_t written = write(handshake_, kReady.data(), kReady.size());
  close(handshake_);
}

void DetachedProgram::Failed(const std::string& message) {
  [[maybe_unused]] const ssize_t written = write(handshake_, message.data(), message.size());
  close(handshake_);
}

}  // namespace ctestbed

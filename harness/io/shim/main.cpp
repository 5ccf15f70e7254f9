// ctestbed-shim: runs one program and answers for every process that comes of it.
//
//   ctestbed-shim PARENT-PID STDOUT-FILE STDERR-FILE LOG-LIMIT OPTION DIRECTORY PROGRAM [ARG...]
//
// OPTION is "no-new-privileges" (prctl(2), PR_SET_NO_NEW_PRIVS) or "-".
//
// Descriptor 3 is a SOCK_SEQPACKET socket to the process that wants the program. We say
// "started PID", or "failed ERRNO WHAT" and end; and when the program and all of its descendants
// are gone "ended CODE SIGNAL". We obey "stop GRACE-MS" and "signal N". If the socket closes, or
// the parent dies (PR_SET_PDEATHSIG), everything is killed: nothing may outlive its owner.
//
// We are a subreaper (prctl(2)), so that descendants in sessions of their own come back to us.

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kControl = 3;
constexpr std::chrono::milliseconds kOrphanGrace{200};

void Say(const std::string& message) {
  // The peer may be gone; then the closed socket ends us soon.
  [[maybe_unused]] const ssize_t sent =
      send(kControl, message.data(), message.size(), MSG_NOSIGNAL);
}

[[noreturn]] void Give(int error, const char* what) {
  Say("failed " + std::to_string(error) + " " + what);
  _exit(1);
}

// Copies a pipe into a file that is renamed to NAME.1 when it has grown over the limit. Never
// blocks the program: what cannot be written (disk full) is dropped.
class Log {
 public:
  Log(std::string path, off_t limit) : path_(std::move(path)), limit_(limit) { Open(); }
  int pipe = -1;

  // False at the end of the pipe.
  bool Pump() {
    std::array<char, 65536> buffer{};
    const ssize_t got = read(pipe, buffer.data(), buffer.size());
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    if (size_ > 0 && size_ + got > limit_) Rotate();
    const ssize_t written = write(file_, buffer.data(), static_cast<size_t>(got));
    if (written > 0) size_ += written;
    return true;
  }

  // Takes what is in the pipe already.
  void Drain() {
    pollfd ready{pipe, POLLIN, 0};
    while (pipe >= 0 && poll(&ready, 1, 0) > 0 && Pump()) {
    }
  }

 private:
  void Open() {
    file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat info {};
    size_ = fstat(file_, &info) == 0 ? info.st_size : 0;
  }
  void Rotate() {
    close(file_);
    [[maybe_unused]] const int renamed = rename(path_.c_str(), (path_ + ".1").c_str());
    Open();
  }

  std::string path_;
  off_t limit_;
  int file_ = -1;
  off_t size_ = 0;
};

// execvp(3) without its habit of handing a file that is no program to a shell.
void ExecInPath(char** argv) {
  const std::string name = argv[0];
  if (name.find('/') != std::string::npos) {
    execv(argv[0], argv);
    return;
  }
  const char* path = getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  int error = ENOENT;
  while (!rest.empty()) {
    const size_t end = rest.find(':');
    const std::string candidate = rest.substr(0, end) + "/" + name;
    rest = end == std::string::npos ? "" : rest.substr(end + 1);
    execv(candidate.c_str(), argv);
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
  }
  errno = error;
}

// In the new process: becomes the program or writes errno and a letter for the step to `report`.
[[noreturn]] void Exec(char** argv, const char* directory, int out, int err, int report) {
  const auto fail = [&](char step) {
    const int error = errno;
    std::array<char, sizeof(int) + 1> bytes{};
    std::memcpy(bytes.data(), &error, sizeof(int));
    bytes.back() = step;
    [[maybe_unused]] const ssize_t written = write(report, bytes.data(), bytes.size());
    _exit(127);
  };
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  umask(077);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT}) signal(number, SIG_DFL);
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  // Marks the report for closing by exec, and everything else above stderr too.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (chdir(directory) != 0) fail('d');
  ExecInPath(argv);
  fail('x');
  _exit(127);
}

struct Program {
  pid_t pid = -1;
  bool ended = false;
  int status = 0;
};

pid_t StartProgram(char** argv, const char* directory, Log& out, Log& err) {
  std::array<int, 2> out_pipe{};
  std::array<int, 2> err_pipe{};
  std::array<int, 2> report{};
  if (pipe2(out_pipe.data(), O_CLOEXEC) != 0 || pipe2(err_pipe.data(), O_CLOEXEC) != 0 ||
      pipe2(report.data(), O_CLOEXEC) != 0) {
    Give(errno, "pipe");
  }
  const pid_t pid = fork();
  if (pid < 0) Give(errno, "fork");
  if (pid == 0) Exec(argv, directory, out_pipe[1], err_pipe[1], report[1]);
  close(out_pipe[1]);
  close(err_pipe[1]);
  close(report[1]);
  std::array<char, sizeof(int) + 1> bytes{};
  if (read(report[0], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) {
    int error = 0;
    std::memcpy(&error, bytes.data(), sizeof(int));
    waitpid(pid, nullptr, 0);
    Give(error, bytes.back() == 'd' ? "directory" : "program");
  }
  close(report[0]);
  fcntl(out_pipe[0], F_SETFL, O_NONBLOCK);
  fcntl(err_pipe[0], F_SETFL, O_NONBLOCK);
  out.pipe = out_pipe[0];
  err.pipe = err_pipe[0];
  return pid;
}

// Parent of a process, from /proc/PID/stat; the name in it may hold anything, so read after ')'.
pid_t ParentOf(const char* pid) {
  const std::string path = std::string("/proc/") + pid + "/stat";
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  std::array<char, 1024> text{};
  const ssize_t size = read(file, text.data(), text.size() - 1);
  close(file);
  const char* end = size > 0 ? std::strrchr(text.data(), ')') : nullptr;
  if (end == nullptr || end[1] == '\0' || end[2] == '\0') return -1;
  return static_cast<pid_t>(std::strtol(end + 4, nullptr, 10));
}

void KillChildren() {
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return;
  while (const dirent* entry = readdir(proc)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    if (ParentOf(entry->d_name) != getpid()) continue;
    kill(static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10)), SIGKILL);
  }
  closedir(proc);
}

// Reaps whatever has ended. True when no process is left to wait for.
bool Reap(Program& program) {
  int status = 0;
  for (;;) {
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid == 0) return false;
    if (pid < 0) return errno == ECHILD;
    if (pid != program.pid) continue;
    program.ended = true;
    program.status = status;
  }
}

int WatchSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  sigprocmask(SIG_SETMASK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

class Loop {
 public:
  Loop(Program program, Log& out, Log& err, int signals)
      : program_(program), out_(out), err_(err), signals_(signals) {}

  // Returns when the program and all of its descendants are gone.
  void Run() {
    while (!Reap(program_)) {
      if (program_.ended || Expired()) {
        // Again and again: what dies hands its children to us.
        kill(-program_.pid, SIGKILL);
        KillChildren();
        Poll(5);
      } else {
        Poll(Timeout());
      }
    }
    out_.Drain();
    err_.Drain();
  }

  const Program& program() const { return program_; }

 private:
  bool Expired() const { return stopping_ && Clock::now() >= kill_at_; }

  int Timeout() const {
    if (!stopping_) return -1;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(kill_at_ - Clock::now());
    return static_cast<int>(left.count()) + 1;
  }

  void Stop(std::chrono::milliseconds grace) {
    const Clock::time_point kill_at = Clock::now() + grace;
    if (!stopping_ || kill_at < kill_at_) kill_at_ = kill_at;
    stopping_ = true;
    kill(-program_.pid, SIGTERM);
    kill(-program_.pid, SIGCONT);  // a stopped process sees SIGTERM only when it goes on
  }

  void Poll(int timeout_ms) {
    std::array<pollfd, 4> ready{{{orphaned_ ? -1 : kControl, POLLIN, 0},
                                 {signals_, POLLIN, 0},
                                 {out_.pipe, POLLIN, 0},
                                 {err_.pipe, POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), timeout_ms) <= 0) return;
    if (ready[0].revents != 0) Obey();
    if (ready[1].revents != 0) TakeSignals();
    PumpIf(ready[2].revents, out_);
    PumpIf(ready[3].revents, err_);
  }

  static void PumpIf(short events, Log& log) {
    if (events == 0 || log.Pump()) return;
    close(log.pipe);
    log.pipe = -1;
  }

  void Obey() {
    std::array<char, 64> text{};
    const ssize_t got = recv(kControl, text.data(), text.size() - 1, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    int number = 0;
    if (got <= 0) {
      orphaned_ = true;
      Stop(kOrphanGrace);
    } else if (std::sscanf(text.data(), "stop %d", &number) == 1) {
      Stop(std::chrono::milliseconds(number));
    } else if (std::sscanf(text.data(), "signal %d", &number) == 1) {
      kill(-program_.pid, number);
    }
  }

  void TakeSignals() {
    signalfd_siginfo info{};
    while (read(signals_, &info, sizeof(info)) == sizeof(info)) {
      if (info.ssi_signo != SIGCHLD) Stop(kOrphanGrace);
    }
  }

  Program program_;
  Log& out_;
  Log& err_;
  int signals_;
  bool stopping_ = false;
  bool orphaned_ = false;
  Clock::time_point kill_at_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fputs("ctestbed-shim is started by ctestbed, not by hand\n", stderr);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // Set too late, the signal never comes.
  if (getppid() != static_cast<pid_t>(std::strtol(argv[1], nullptr, 10))) return 1;
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  setsid();
  const int signals = WatchSignals();
  const off_t limit = std::strtol(argv[4], nullptr, 10);
  Log out(argv[2], limit);
  Log err(argv[3], limit);
  // Set here, it holds for all that comes of us.
  if (std::strcmp(argv[5], "no-new-privileges") == 0) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const pid_t pid = StartProgram(argv + 7, argv[6], out, err);
  Say("started " + std::to_string(pid));
  Loop loop({pid, false, 0}, out, err, signals);
  loop.Run();
  const int status = loop.program().status;
  Say("ended " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : 0) + " " +
      std::to_string(WIFSIGNALED(status) ? WTERMSIG(status) : 0));
  return 0;
}

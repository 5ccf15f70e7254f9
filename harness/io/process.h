// Processes that cannot outlive us: each runs under a shim (io/shim) that is its subreaper, dies
// with us (PR_SET_PDEATHSIG and the end of its control socket, prctl(2)) and takes the whole tree
// of descendants with it, those in sessions of their own included.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/result.h"

namespace ctestbed {

struct ProcessSpec {
  std::vector<std::string> command;  // argv; the program is looked up in the PATH of `environment`
  std::map<std::string, std::string> environment;  // exactly this, nothing is inherited
  std::string working_directory;                   // absolute
  // Where stdout and stderr go: files that are appended to and rotated to NAME.1 when they pass
  // `log_limit` bytes.
  std::string stdout_path;
  std::string stderr_path;
  size_t log_limit = 16U << 20U;
  bool no_new_privileges =
      false;  // neither it nor what comes of it gains rights by exec (prctl(2))

  bool operator==(const ProcessSpec&) const = default;
};

// How a process ended.
struct ProcessEnd {
  int exit_code = 0;  // meaningful when signal is 0
  int signal = 0;

  // "exited with code 3", "was killed by SIGKILL".
  std::string Describe() const;
  bool operator==(const ProcessEnd&) const = default;
};

// One process tree. Thread-safe. The destructor kills what is left of it.
class Process {
 public:
  virtual ~Process() = default;
  virtual int Pid() const = 0;  // of the program itself
  // Its end, as soon as the program and all of its descendants are gone; empty at `deadline` or on
  // `stop`.
  virtual std::optional<ProcessEnd> Wait(TimePoint deadline, std::stop_token stop) = 0;
  virtual std::optional<ProcessEnd> End() const = 0;  // without waiting
  // SIGTERM to the program's group, after `grace` SIGKILL to the whole tree. Returns when all of it
  // is gone; kTimeout names pids that will not go.
  virtual Status Stop(Duration grace) = 0;
  virtual Status Signal(int signal) = 0;  // to the program's group
};

class Launcher {
 public:
  virtual ~Launcher() = default;
  // kNotFound: no such program or directory; kInvalid: cannot be executed. On return the program
  // has been exec'ed.
  virtual Result<std::unique_ptr<Process>> Start(const ProcessSpec& spec) = 0;
};

// `shim` is the path of the ctestbed-shim program; kUnavailable when it cannot be executed.
// Thread-safe; owns one long-lived thread that
// does all forking, since PR_SET_PDEATHSIG follows the life of the forking thread.
Result<std::unique_ptr<Launcher>> MakeRealLauncher(const std::string& shim);

}  // namespace ctestbed

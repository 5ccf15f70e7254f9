// Processes of this machine as /proc shows them: who they are, who started them, what marks them.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/result.h"

namespace ctestbed {

// A process id that cannot be mistaken for a later process with the same number.
struct ProcessIdentity {
  int pid = 0;
  unsigned long long start_time = 0;  // field 22 of /proc/PID/stat (proc(5)), in clock ticks

  bool operator==(const ProcessIdentity&) const = default;
};

// "NAME, Linux 6.1.0 x86_64, 8 processors": the machine that this process runs on.
std::string ThisHost();

int OwnPid();
std::optional<ProcessIdentity> Identify(int pid);
bool IsAlive(const ProcessIdentity& process);

// "HOST-ID:BOOT-ID:PID:START": names an owner across machines and reboots.
std::string OwnerName(const ProcessIdentity& process);
// Whether an owner of this machine and this boot is gone. False for owners of other machines.
bool IsDeadOwner(const std::string& owner);

// The nearest ancestor of this process whose program is called `name`.
std::optional<ProcessIdentity> FindAncestor(const std::string& name);
// The words of a process' command line, and its working directory; empty if it is gone.
std::vector<std::string> CommandLineOf(int pid);
std::string WorkingDirectoryOf(int pid);

// Returns when the process has ended (true) or on `stop` (false). By pidfd (pidfd_open(2)).
bool WaitForEnd(const ProcessIdentity& process, std::stop_token stop);

// Processes of this user whose initial environment holds NAME, with its value.
struct MarkedProcess {
  ProcessIdentity process;
  std::string value;
};
std::vector<MarkedProcess> FindMarked(const std::string& name);
// Kills, to a fixed point, every process of this user with NAME=VALUE in its initial environment,
// but never this process. Returns the pids killed; kTimeout names those that will not go.
Result<std::vector<int>> KillMarked(const std::string& name, const std::string& value,
                                    TimePoint deadline);

}  // namespace ctestbed

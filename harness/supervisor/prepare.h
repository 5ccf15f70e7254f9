// The commands of presets that end before the first node starts: builds, downloads, certificates.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/file_system.h"
#include "io/process.h"
#include "model/topology.h"

namespace ctestbed {

// Each step once a session, however many environments want it and however often they come and go.
// Thread-safe: no two steps run at once.
class Preparation {
 public:
  // All outlive this. What a step prints goes to LOGS/prepare.N/{stdout,stderr}.log.
  Preparation(Launcher& launcher, FileSystem& files, Clock& clock, std::string logs);

  // Runs the steps that did not run before, in order, until `deadline`. kEnvironment when one ends
  // badly, with its command and last lines; it is tried again the next time. kTimeout, kCancelled.
  Status Run(const std::vector<PrepareStep>& steps, TimePoint deadline, std::stop_token stop);

 private:
  Status RunAll(const std::vector<PrepareStep>& steps, TimePoint deadline, std::stop_token stop);
  Status RunOne(const PrepareStep& step, TimePoint deadline, std::stop_token stop);

  Launcher& launcher_;
  FileSystem& files_;
  Clock& clock_;
  const std::string logs_;
  std::mutex mutex_;
  std::condition_variable_any idle_;
  bool busy_ = false;
  int count_ = 0;
  std::set<std::vector<std::string>> done_;  // directory and command
};

}  // namespace ctestbed

// What the lanes of a plan have to wait for in each other.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/plan.h"

namespace ctestbed {

// Thread-safe.
class RunLatch {
 public:
  RunLatch(const Plan& plan, const std::vector<Suite>& suites);

  // Whether, in every lane but `lane`, all runs of the suites that `suite` comes after have ended;
  // in a lane itself the order of its runs sees to that.
  bool IsOpen(const std::string& suite, size_t lane) const;
  // Waits for that. kCancelled on `stop`.
  Status WaitFor(const std::string& suite, size_t lane, std::stop_token stop);
  // A run of `suite` has ended in `lane`, with whatever verdict.
  void CountDown(const std::string& suite, size_t lane);

 private:
  bool IsOpenNow(const std::string& suite, size_t lane) const;

  std::map<std::string, std::set<std::string>> after_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, std::vector<int>> left_;  // runs of a suite in each lane
};

}  // namespace ctestbed

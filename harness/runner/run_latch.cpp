#include "runner/run_latch.h"

#include <algorithm>

namespace ctestbed {

RunLatch::RunLatch(const Plan& plan, const std::vector<Suite>& suites) {
  for (const Suite& suite : suites) {
    for (const Located<std::string>& name : suite.after) {
      after_[suite.name.value].insert(name.value);
    }
  }
  for (size_t lane = 0; lane < plan.lanes.size(); ++lane) {
    for (const Batch& batch : plan.lanes[lane].batches) {
      for (const Run& run : batch.runs) {
        std::vector<int>& counts = left_[run.suite];
        counts.resize(plan.lanes.size());
        ++counts[lane];
      }
    }
  }
}

bool RunLatch::IsOpenNow(const std::string& suite, size_t lane) const {
  const auto after = after_.find(suite);
  if (after == after_.end()) return true;
  return std::all_of(after->second.begin(), after->second.end(), [&](const std::string& before) {
    const auto left = left_.find(before);
    if (left == left_.end()) return true;
    for (size_t other = 0; other < left->second.size(); ++other) {
      if (other != lane && left->second[other] > 0) return false;
    }
    return true;
  });
}

bool RunLatch::IsOpen(const std::string& suite, size_t lane) const {
  const std::lock_guard lock(mutex_);
  return IsOpenNow(suite, lane);
}

Status RunLatch::WaitFor(const std::string& suite, size_t lane, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (changed_.wait(lock, stop, [&] { return IsOpenNow(suite, lane); })) return {};
  return Fail(ErrorKind::kCancelled, "interrupted");
}

void RunLatch::CountDown(const std::string& suite, size_t lane) {
  const std::lock_guard lock(mutex_);
  --left_.at(suite).at(lane);
  changed_.notify_all();
}

}  // namespace ctestbed

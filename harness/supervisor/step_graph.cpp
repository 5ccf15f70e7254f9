#include "supervisor/step_graph.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace ctestbed {
namespace {

class Graph {
 public:
  explicit Graph(std::vector<Step>& steps) : steps_(steps) {
    for (const Step& step : steps_) pending_.insert(step.name);
  }

  Status Run(std::stop_token stop) {
    const std::stop_callback on_stop(stop, [this] {
      Fail({ErrorKind::kCancelled, "cancelled", {}, {}});
    });
    std::vector<std::jthread> threads;
    std::vector<const Step*> waiting;
    for (const Step& step : steps_) waiting.push_back(&step);
    std::unique_lock lock(mutex_);
    while (!waiting.empty() && !failure_) {
      const auto ready = std::find_if(waiting.begin(), waiting.end(),
                                      [&](const Step* step) { return CanRun(*step); });
      if (ready == waiting.end()) {
        changed_.wait(lock);
        continue;
      }
      threads.emplace_back([this, step = *ready] { Work(*step); });
      waiting.erase(ready);
    }
    lock.unlock();
    threads.clear();  // joins
    if (failure_) return tl::unexpected<Error>(*failure_);
    return {};
  }

 private:
  bool CanRun(const Step& step) const {
    return std::none_of(step.after.begin(), step.after.end(),
                        [&](const std::string& name) { return pending_.contains(name); });
  }

  void Work(const Step& step) {
    const Status status = step.work(stop_.get_token());
    if (!status) return Fail(status.error());
    const std::lock_guard lock(mutex_);
    pending_.erase(step.name);
    changed_.notify_all();
  }

  void Fail(const Error& error) {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = error;
      changed_.notify_all();
    }
    stop_.request_stop();
  }

  std::vector<Step>& steps_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> pending_;
  std::optional<Error> failure_;
  std::stop_source stop_;
};

}  // namespace

Status RunSteps(std::vector<Step> steps, std::stop_token stop) {
  return Graph(steps).Run(std::move(stop));
}

}  // namespace ctestbed

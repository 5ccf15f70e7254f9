#include "supervisor/broker.h"

#include <fmt/format.h>

namespace ctestbed {
namespace {

// How often a waiter looks whether an environment has lingered long enough.
constexpr Duration kLook{50};

}  // namespace

Broker::Broker(Environment& environment, Clock& clock, Duration linger)
    : environment_(environment), clock_(clock), linger_(linger), idle_since_(clock.Now()) {}

bool Broker::IsLive(const Demand& demand) const {
  const bool is_free = !exclusive_ && (!demand.exclusive || leases_ == 0);
  return is_free && !changing_ && current_.key == demand.key && current_.state == "ready" &&
         !environment_.Broken() && !environment_.IsDirty();
}

bool Broker::MayChange(const Demand& demand) const {
  if (changing_ || leases_ > 0 || *waiting_.begin() != demand.order) return false;
  if (current_.key == demand.key || !held_.contains(current_.key)) return true;
  return clock_.Now() - idle_since_ >= linger_;
}

Status Broker::Acquire(const Demand& demand, bool retry, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (retry) failed_.erase(demand.key);
  const auto place = waiting_.insert(demand.order);
  Status status;
  for (;;) {
    if (closed_ || stop.stop_requested()) {
      status = Fail(ErrorKind::kCancelled, "the session is ending");
    } else if (const auto failed = failed_.find(demand.key); failed != failed_.end()) {
      Error error = failed->second;
      error.message =
          fmt::format("blocked by the environment {}{}{}: {}", demand.preset,
                      demand.cell.empty() ? "" : ",", CellName(demand.cell), error.message);
      error.kind = ErrorKind::kBlocked;
      status = tl::unexpected<Error>(error);
    } else if (IsLive(demand)) {
      ++leases_;
      exclusive_ = demand.exclusive;
    } else if (MayChange(demand)) {
      status = Change(lock, demand, stop);
      if (status || closed_) continue;
    } else {
      changed_.wait_for(lock, stop, kLook, [] { return false; });
      continue;
    }
    waiting_.erase(place);
    changed_.notify_all();
    return status;
  }
}

Status Broker::Change(std::unique_lock<std::mutex>& lock, const Demand& demand,
                      std::stop_token stop) {
  changing_ = true;
  renewed_ = demand.renewal != Renewal::kNone;
  current_ = {demand.key,  demand.preset,        demand.cell,
              "deploying", current_.version + 1, clock_.WallTime()};
  lock.unlock();
  std::stop_source given_up;
  const auto give_up = [&] { given_up.request_stop(); };
  const std::stop_callback by_caller(std::move(stop), give_up);
  const std::stop_callback by_end(closing_.get_token(), give_up);
  const Status status = environment_.Apply(demand.topology, demand.preset, demand.cell,
                                           demand.renewal, given_up.get_token());
  lock.lock();
  changing_ = false;
  current_.state = status ? "ready" : "broken";
  current_.since = clock_.WallTime();
  idle_since_ = clock_.Now();
  if (!status && status.error().kind != ErrorKind::kCancelled) failed_[demand.key] = status.error();
  changed_.notify_all();
  return status;
}

void Broker::Release(bool used, const std::vector<std::string>& dirty) {
  const std::lock_guard lock(mutex_);
  --leases_;
  exclusive_ = false;
  if (used) environment_.MarkDirty(dirty);
  if (used && renewed_) current_.key.clear();  // what was used once is not new a second time
  idle_since_ = clock_.Now();
  changed_.notify_all();
}

void Broker::Hold(const std::string& key) {
  const std::lock_guard lock(mutex_);
  held_.insert(key);
}

void Broker::Unhold(const std::string& key) {
  const std::lock_guard lock(mutex_);
  held_.erase(key);
  changed_.notify_all();
}

void Broker::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  closing_.request_stop();
}

Broker::Current Broker::current() const {
  const std::lock_guard lock(mutex_);
  Current current = current_;
  if (current.state == "ready" && environment_.Broken()) current.state = "broken";
  return current;
}

}  // namespace ctestbed

// Decides which environment is alive. The order in which tests ask is a hint; this is the law: at
// most one environment per lane, changed only when nobody uses it.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "supervisor/environment.h"

namespace ctestbed {

// What somebody wants to be alive.
struct Demand {
  std::string key;  // equal keys can share; a renewed batch has a key of its own
  int order = 0;    // place in the plan; the lowest waiting one goes first
  Topology topology;
  std::string preset;
  Cell cell;
  Renewal renewal = Renewal::kNone;
  bool exclusive = false;  // nobody else has a lease meanwhile
  int lane = 0;            // where it shall be alive

  bool operator==(const Demand&) const = default;
};

// Thread-safe. One lane.
class Broker {
 public:
  // `environment` outlives this. An environment that is held but was idle for `linger` may be
  // taken away by somebody who waits: whoever held it may never come back.
  Broker(Environment& environment, Clock& clock, Duration linger);

  // Waits until the wanted environment is alive and takes a lease on it, changing what is there
  // when nobody uses it. kCancelled on `stop`. A deployment that failed is not tried again for the
  // same key unless `retry`: kBlocked with the first failure.
  Status Acquire(const Demand& demand, bool retry, std::stop_token stop);
  // Gives the lease back; `used` when tests ran on it, which left the nodes `dirty` unfit for
  // others.
  void Release(bool used, const std::vector<std::string>& dirty = {});

  // Keeps the environment of `key` although nobody leases it, until Unhold.
  void Hold(const std::string& key);
  void Unhold(const std::string& key);

  // Ends all waiting and gives up a change; every later Acquire is kCancelled.
  void Close();

  // Preset and cell of what is alive; empty when nothing is.
  struct Current {
    std::string key;
    std::string preset;
    Cell cell;
    std::string state;  // deploying, ready, broken
    int version = 0;    // counts applied topologies
    std::string since;  // of the state, RFC 3339
  };
  Current current() const;

 private:
  bool IsLive(const Demand& demand) const;
  bool MayChange(const Demand& demand) const;
  Status Change(std::unique_lock<std::mutex>& lock, const Demand& demand, std::stop_token stop);

  Environment& environment_;
  Clock& clock_;
  const Duration linger_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::multiset<int> waiting_;  // orders
  std::set<std::string> held_;
  std::map<std::string, Error> failed_;  // by key
  Current current_;
  int leases_ = 0;
  bool exclusive_ = false;  // the lease that there is is the only one
  bool changing_ = false;
  bool renewed_ = false;  // the current environment was demanded so
  bool closed_ = false;
  std::stop_source closing_;  // gives up a change that is under way
  TimePoint idle_since_;
};

}  // namespace ctestbed

// Ports of this machine that instances are reached at, leased when they are first asked for.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "driver/driver.h"
#include "io/port_pool.h"

namespace ctestbed {

// Thread-safe.
class PortLeases {
 public:
  // `pool` outlives it.
  explicit PortLeases(PortPool& pool) : pool_(pool) {}

  // The number that stays until Forget(); kConflict, naming the node, when a pinned one is taken.
  // Replicas of a pinned port take the numbers after it.
  Result<int> HostPort(const InstanceId& id, const Port& port);
  // Lets go of the sockets of an instance's ports; nobody of ours gets the numbers.
  void Release(const InstanceId& id);
  void Forget(const InstanceId& id);

 private:
  PortPool& pool_;
  std::mutex mutex_;
  std::map<std::pair<InstanceId, std::string>, std::unique_ptr<PortLease>> leases_;
};

}  // namespace ctestbed

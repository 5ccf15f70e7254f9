// Ports that exist in memory only.
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "io/port_pool.h"

namespace ctestbed {

// Counts up from 20000. Thread-safe; outlives its leases or not, as comes.
class FakePortPool final : public PortPool {
 public:
  Result<std::unique_ptr<PortLease>> Lease(int wanted) override;

  // Ports on lease at the moment.
  std::set<int> Taken() const;
  // Makes `port` look as if another program had it.
  void Occupy(int port);

 private:
  struct State {
    std::mutex mutex;
    std::set<int> taken;
    int next = 20000;
  };
  class FakeLease;

  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace ctestbed

#include "io/fake_port_pool.h"

#include <fmt/format.h>

namespace ctestbed {

class FakePortPool::FakeLease final : public PortLease {
 public:
  FakeLease(std::shared_ptr<State> state, int port) : state_(std::move(state)), port_(port) {}
  ~FakeLease() override {
    const std::lock_guard lock(state_->mutex);
    state_->taken.erase(port_);
  }

  int Port() const override { return port_; }
  void Release() override {}

 private:
  const std::shared_ptr<State> state_;
  const int port_;
};

Result<std::unique_ptr<PortLease>> FakePortPool::Lease(int wanted) {
  const std::lock_guard lock(state_->mutex);
  while (wanted == 0 && state_->taken.contains(state_->next)) ++state_->next;
  const int port = wanted == 0 ? state_->next++ : wanted;
  if (!state_->taken.insert(port).second) {
    return Fail(ErrorKind::kConflict, fmt::format("port {} is in use by another program", port));
  }
  return std::make_unique<FakeLease>(state_, port);
}

std::set<int> FakePortPool::Taken() const {
  const std::lock_guard lock(state_->mutex);
  return state_->taken;
}

void FakePortPool::Occupy(int port) {
  const std::lock_guard lock(state_->mutex);
  state_->taken.insert(port);
}

}  // namespace ctestbed

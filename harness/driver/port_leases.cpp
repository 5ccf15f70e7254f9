#include "driver/port_leases.h"

namespace ctestbed {

Result<int> PortLeases::HostPort(const InstanceId& id, const Port& port) {
  const std::lock_guard lock(mutex_);
  if (const auto known = leases_.find({id, port.name}); known != leases_.end()) {
    return known->second->Port();
  }
  auto leased = pool_.Lease(port.host == 0 ? 0 : port.host + id.replica);
  if (!leased) {
    leased.error().node = id.node;
    return tl::unexpected<Error>(leased.error());
  }
  const int number = (*leased)->Port();
  leases_.emplace(std::pair(id, port.name), std::move(*leased));
  return number;
}

void PortLeases::Release(const InstanceId& id) {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, lease] : leases_) {
    if (key.first == id) lease->Release();
  }
}

void PortLeases::Forget(const InstanceId& id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(leases_, [&](const auto& entry) { return entry.first.first == id; });
}

}  // namespace ctestbed

#include "supervisor/lanes.h"

#include <fmt/format.h>

#include <thread>

#include "base/text.h"
#include "io/private_directory.h"
#include "model/plan.h"

namespace ctestbed {

LiveLanes::LiveLanes(EnvironmentServices services, EnvironmentIdentity first, Duration linger)
    : services_(std::move(services)), first_(std::move(first)), linger_(linger) {}

EnvironmentIdentity LiveLanes::IdentityOf(int lane) const {
  EnvironmentIdentity identity = first_;
  if (lane == 0) return identity;
  // No directory of a node's logs is called like that, and no node by a name with a dot first.
  const std::string logs = fmt::format("/lane-{}", lane + 1);
  identity.id = UniqueToken().substr(0, 8);
  identity.log_directory += logs;
  identity.log_prefix += logs;
  identity.work_directory += fmt::format("/.lanes/{}", lane + 1);
  return identity;
}

Result<LiveLane*> LiveLanes::At(int lane) {
  if (lane < 0 || lane >= kMostLanes) {
    return Fail(ErrorKind::kInvalid, fmt::format("there is no lane {} of {}", lane, kMostLanes));
  }
  const std::lock_guard lock(mutex_);
  if (closed_) return Fail(ErrorKind::kCancelled, "the session is ending");
  std::unique_ptr<LiveLane>& place = lanes_[lane];
  if (!place) place = std::make_unique<LiveLane>(services_, IdentityOf(lane), linger_);
  return place.get();
}

Result<LiveLane*> LiveLanes::Find(const std::string& environment) const {
  for (LiveLane* lane : All()) {
    if (lane->environment.identity().id == environment) return lane;
  }
  return Fail(ErrorKind::kNotFound,
              fmt::format("this session has no environment {}", Quote(environment)));
}

std::vector<LiveLane*> LiveLanes::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<LiveLane*> all;
  for (const auto& [number, lane] : lanes_) all.push_back(lane.get());
  return all;
}

void LiveLanes::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  for (LiveLane* lane : All()) lane->broker.Close();
}

Status LiveLanes::Teardown(Duration grace) {
  const std::vector<LiveLane*> lanes = All();
  std::vector<Status> ends(lanes.size());
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < lanes.size(); ++i) {
      threads.emplace_back([&, i] { ends[i] = lanes[i]->environment.Teardown(grace); });
    }
  }
  Status all;
  for (const Status& end : ends) {
    if (end) continue;
    if (all) {
      all = end;
    } else {
      all.error().message += "; " + end.error().message;
    }
  }
  return all;
}

}  // namespace ctestbed

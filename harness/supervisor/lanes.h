// The environments of one session: one in each lane, alive side by side.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "supervisor/broker.h"
#include "supervisor/environment.h"

namespace ctestbed {

// The environment of a lane, and who decides what is alive in it.
struct LiveLane {
  LiveLane(const EnvironmentServices& services, EnvironmentIdentity identity, Duration linger)
      : environment(services, std::move(identity)), broker(environment, services.clock, linger) {}

  Environment environment;
  Broker broker;
};

// Thread-safe. A lane stays where it is until the end.
class LiveLanes {
 public:
  // `first` is the identity of the environment of lane 0. The others have an id of their own, and
  // `lane-2` and so on below its log directory, `.lanes/2` below its work directory.
  LiveLanes(EnvironmentServices services, EnvironmentIdentity first, Duration linger);

  // Makes the lane on first use. kInvalid when it is none of 0 to kMostLanes - 1, kCancelled after
  // Close().
  Result<LiveLane*> At(int lane);
  // The lane whose environment has that id; kNotFound.
  Result<LiveLane*> Find(const std::string& environment) const;
  // Those in use, in order.
  std::vector<LiveLane*> All() const;

  // Closes every broker, those to come included.
  void Close();
  // Tears all environments down, side by side. The error names what is left of each.
  Status Teardown(Duration grace);

 private:
  EnvironmentIdentity IdentityOf(int lane) const;

  const EnvironmentServices services_;
  const EnvironmentIdentity first_;
  const Duration linger_;
  mutable std::mutex mutex_;
  std::map<int, std::unique_ptr<LiveLane>> lanes_;
  bool closed_ = false;
};

}  // namespace ctestbed

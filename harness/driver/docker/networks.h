// Networks of environments on an engine: made when the first container needs one, removed with the
// last.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "driver/docker/engine.h"
#include "driver/docker/wire.h"

namespace ctestbed {

// Thread-safe; counts the users that came through it. Networks of others' making are left to Sweep.
class Networks {
 public:
  // Sees that `ends` are there for one more container; on failure for none more. A network that is
  // there already is taken only when it is the environment's own.
  Status Acquire(const Engine& engine, const std::vector<NetworkEnd>& ends,
                 const std::string& environment, const std::string& owner, TimePoint deadline);
  // One container less: what nobody uses now is removed, as far as the engine lets go of it.
  void Release(const Engine& engine, const std::vector<NetworkEnd>& ends, TimePoint deadline);
  // The network was removed by others.
  void Forget(const std::string& name);

 private:
  Status Make(const Engine& engine, const NetworkEnd& end, const std::string& environment,
              const std::string& owner, TimePoint deadline);

  std::mutex mutex_;  // held during calls, so that nobody removes what another is about to use
  std::map<std::string, int> users_;
};

}  // namespace ctestbed

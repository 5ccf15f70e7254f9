#include "driver/registry.h"

#include <algorithm>
#include <array>

#include "driver/docker/driver.h"
#include "driver/fake/driver.h"
#include "driver/process/driver.h"

namespace ctestbed {

std::span<const DriverEntry> Drivers() {
  static constexpr std::array<DriverEntry, 4> kDrivers{{
      {"docker", "containers on a Docker engine, through its socket", 50, MakeDockerDriver},
      {"fake", "in memory, runs nothing; for tests of ctestbed itself", 0, MakeFakeDriver},
      {"podman", "containers on a Podman service, through its socket", 40, MakePodmanDriver},
      {"process", "local processes on loopback ports; no daemon, no root", 100, MakeProcessDriver},
  }};
  return kDrivers;
}

const DriverEntry* FindDriver(std::string_view name) {
  const auto drivers = Drivers();
  const auto found = std::find_if(drivers.begin(), drivers.end(),
                                  [&](const DriverEntry& entry) { return entry.name == name; });
  return found == drivers.end() ? nullptr : &*found;
}

}  // namespace ctestbed

// Clearing up after supervisors that were killed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "driver/driver.h"
#include "io/file_system.h"
#include "supervisor/state_directory.h"

namespace ctestbed {

struct SweepServices {
  FileSystem& files;
  // The driver of that name; null when there is none.
  std::function<Driver*(const std::string& backend)> driver;
  // The backends to be asked for things of owners that left no session directory.
  std::vector<std::string> backends;
  // Writes the reports of a session that nobody finished.
  std::function<void(const std::string& results)> report;
};

// Removes what dead owners left: marked or labelled things on backends, session directories, port
// locks; and nothing else. Returns a line for each thing removed (`dry_run`: that would be);
// errors name what will not go.
Result<std::vector<std::string>> SweepDead(const StateDirectory& state,
                                           const SweepServices& services, bool dry_run,
                                           TimePoint deadline);

}  // namespace ctestbed

// The process that owns the environments of one session: detached, leased to its owner, gone when
// all is torn down and reported.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/detach.h"
#include "io/process.h"
#include "io/process_table.h"
#include "io/signals.h"
#include "model/event.h"
#include "supervisor/broker.h"
#include "supervisor/state_directory.h"

namespace ctestbed {

struct SupervisorOptions {
  std::string session;                   // id; its directory exists and is locked
  std::string results;                   // directory for events, reports and logs
  std::string backend;                   // name of the driver
  std::optional<ProcessIdentity> owner;  // its end ends the session; none: lives until told or ttl
  Duration ttl{0};                       // 0: for ever
  std::string version;                   // of ctestbed, for the report
};

struct SupervisorServices {
  Driver& driver;
  HttpClient& http;
  FileSystem& files;
  Clock& clock;
  Launcher& launcher;
  std::map<std::string, std::string> variables;  // that secrets may come from
  // Writes the reports of the finished stream into a directory.
  std::function<Status(const std::vector<Event>& events, const std::string& results)> report;
};

// Serves until the session is finished: by a client, by the end of the owner, by the ttl or by
// SIGTERM. Returns what is left behind, empty when nothing is.
Result<std::string> Supervise(const SupervisorOptions& options, const StateDirectory& state,
                              const SupervisorServices& services, const SignalWatcher& signals,
                              DetachedProgram& detached);

}  // namespace ctestbed

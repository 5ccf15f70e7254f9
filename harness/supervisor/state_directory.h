// Where ctestbed keeps what must be found again by later commands.
//
//   ROOT/sessions/ID/{lock,control.sock,journal,supervisor.log,work/}   while it lives
//   ROOT/runs/ID/{events.ndjson,junit.xml,summary.md,logs/}                        results
//   ROOT/ports/PORT                                                                leases
//   ROOT/backends/NAME                                                             what was used
//
// The lock of a session is held by its supervisor: a session whose lock is free is dead.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/file_lock.h"
#include "io/file_system.h"

namespace ctestbed {

class StateDirectory {
 public:
  // ROOT is $CTESTBED_STATE_DIR, $XDG_RUNTIME_DIR/ctestbed or /tmp/ctestbed-UID. Made with mode
  // 0700; kInvalid when it belongs to somebody else, is a link, or has too long a path for sockets.
  static Result<StateDirectory> Open(const std::map<std::string, std::string>& environment,
                                     FileSystem& files);

  const std::string& root() const { return root_; }
  std::string Session(const std::string& id) const { return root_ + "/sessions/" + id; }
  std::string Socket(const std::string& id) const { return Session(id) + "/control.sock"; }
  std::string Results(const std::string& id) const { return root_ + "/runs/" + id; }
  std::string Ports() const { return root_ + "/ports"; }

  // Makes the directory of a new session, complete with its lock, in one step. kConflict when it
  // exists already.
  Result<FileLock> CreateSession(const std::string& id) const;
  // Makes a session vanish in one step, then removes what it held. For who holds its lock.
  Status RemoveSession(const std::string& id) const;
  // Sessions whose supervisor lives, sorted.
  std::vector<std::string> LiveSessions() const;
  // Sessions whose supervisor is gone.
  std::vector<std::string> DeadSessions() const;
  bool IsLive(const std::string& id) const;

  // Remembers that sessions used a backend, so that later commands look at what is on it.
  Status NoteBackend(const std::string& name) const;
  bool HasUsed(const std::string& name) const;

 private:
  StateDirectory(std::string root, FileSystem& files) : root_(std::move(root)), files_(&files) {}
  std::vector<std::string> Sessions(bool live) const;

  std::string root_;
  FileSystem* files_;
};

// Makes `latest` beside `results` point at it, if it is named after its session: then it is one of
// many beside each other. A directory that the user named gets no such neighbour.
Status LinkLatest(FileSystem& files, const std::string& results, const std::string& session);

}  // namespace ctestbed

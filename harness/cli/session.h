// Starting and ending a session from a command.
#pragma once

#include <optional>
#include <string>

#include "cli/program.h"
#include "io/process_table.h"
#include "supervisor/client.h"

namespace ctestbed {

struct SessionOptions {
  std::string id;
  std::string results;  // empty: under the state directory
  std::string backend;
  std::optional<ProcessIdentity> owner;
  Duration ttl{0};
};

// A live session, by its socket.
struct SessionHandle {
  std::string id;
  std::string results;
  StateDirectory state;

  Result<SessionClient> Connect() const { return SessionClient::Connect(state.Socket(id)); }
};

struct ConnectedSession {
  SessionHandle handle;
  SessionClient client;
};

// Starts a supervisor; when the session exists already, returns that.
Result<SessionHandle> StartSession(Program& program, const SessionOptions& options);
// The live session of that id; kNotFound.
Result<ConnectedSession> ConnectSession(Program& program, const std::string& id);
Result<SessionHandle> FindSession(Program& program, const std::string& id);

// Ends a session and waits until its supervisor is gone. The leftovers, empty when there are none.
Result<SessionClient::Ending> EndSession(const SessionHandle& session, const std::string& reason);

// Waits for the lock of a session whose supervisor has hung up, for at most two seconds: when a
// process is killed, others see the end of its sockets before it lets go of its locks.
void AwaitLock(Program& program, const SessionHandle& session);

}  // namespace ctestbed

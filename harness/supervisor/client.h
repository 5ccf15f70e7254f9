// The client's side of the control protocol (supervisor/protocol.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "io/byte_stream.h"
#include "model/event.h"
#include "supervisor/protocol.h"

namespace ctestbed {

// One connection to a session's supervisor. Not thread-safe: one thread, one connection. Errors of
// the supervisor come back as they were; kUnavailable when it is gone.
class SessionClient {
 public:
  static Result<SessionClient> Connect(const std::string& socket_path);

  struct Hello {
    std::string session;
    int pid = 0;
    std::string results;
  };
  Result<Hello> Ping();

  Status Emit(const Event& event);
  // Lets the session outlive its owner; the environment of the lease as it is now.
  Result<EnvironmentView> Keep();
  // Calls `sink` for every event of the session, past and to come, until the session has finished
  // or `stop`.
  Status Follow(const std::function<void(const Event&)>& sink, std::stop_token stop);

  // See Broker::Acquire; waits as long as it takes.
  Result<EnvironmentView> Acquire(const Demand& demand, bool retry, bool hold,
                                  std::stop_token stop);
  Status Release(bool used, const std::vector<std::string>& dirty = {});
  // What has broken in the environment of that id, if anything has; `doubted`: as far as a look at
  // its nodes tells, not only what was told of them so far.
  Result<std::optional<Breakage>> Check(const std::string& environment, bool doubted);
  // Its secrets, by name.
  Result<std::map<std::string, std::string>> Secrets(const std::string& environment);
  // Ends what Acquire() held for such a demand.
  Status Unhold(const Demand& demand);
  // Waits until a node of it dies; empty when the session ends first, or on `stop`.
  std::optional<Breakage> Watch(const std::string& environment, std::stop_token stop);

  Result<std::vector<EnvironmentView>> Environments();

  struct Ending {
    std::string leftovers;  // empty: nothing is left
    std::string results;
  };
  Result<Ending> Finish(const std::string& reason);

 private:
  explicit SessionClient(std::unique_ptr<ByteStream> stream)
      : stream_(std::move(stream)), reader_(std::make_unique<LineReader>(*stream_)) {}
  Result<Json> Ask(const Json& request, std::stop_token stop = {});
  Result<Json> ReadAnswer(std::stop_token stop);

  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<LineReader> reader_;
};

}  // namespace ctestbed

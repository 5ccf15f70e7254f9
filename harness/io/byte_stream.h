// Connected byte streams over TCP and unix sockets.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/duration.h"
#include "base/result.h"

namespace ctestbed {

// One reader and one writer thread may use a stream at once. The destructor closes it.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // At least one byte; empty at the end of the stream. kTimeout, kCancelled, kUnavailable (reset).
  virtual Result<std::string> Read(TimePoint deadline, std::stop_token stop) = 0;
  // All of `bytes`. Never raises SIGPIPE.
  virtual Status Write(std::string_view bytes, TimePoint deadline) = 0;
  // Wakes a reader on another thread: it sees the end of the stream.
  virtual void Shutdown() = 0;
  // Ends our direction only; the peer sees the end of the stream.
  virtual void FinishWriting() = 0;
  // The destructor will break off the connection, so that a peer over TCP sees a reset.
  virtual void ResetOnClose() = 0;
  // Process id of the peer of a unix socket, 0 where there is none.
  virtual int PeerPid() const = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  // kCancelled on `stop`. Peers of another user are refused silently.
  virtual Result<std::unique_ptr<ByteStream>> Accept(std::stop_token stop) = 0;
};

// kUnavailable when nobody listens. `host` is a literal address or a name.
Result<std::unique_ptr<ByteStream>> ConnectTcp(const std::string& host, int port,
                                               TimePoint deadline, std::stop_token stop);
Result<std::unique_ptr<ByteStream>> ConnectUnix(const std::string& path, TimePoint deadline);
// Mode 0600; replaces a stale socket file and unlinks its own when destroyed, each under a short
// flock(2) of its directory. kConflict when somebody listens there already.
Result<std::unique_ptr<Listener>> ListenUnix(const std::string& path);

// Reads whole lines from a stream; a line over 64 MiB is kInvalid. Not thread-safe.
class LineReader {
 public:
  explicit LineReader(ByteStream& stream) : stream_(stream) {}
  // Without the newline; kNotFound at the end of the stream, where a line without one is dropped.
  Result<std::string> Next(TimePoint deadline, std::stop_token stop);

 private:
  ByteStream& stream_;
  std::string buffer_;
};

}  // namespace ctestbed

#include "io/byte_stream.h"

#include <fmt/format.h>
#include <poll.h>

#include <cerrno>

#include "io/poll.h"
#include "io/socket_stream.h"
#include "io/system_error.h"

namespace ctestbed {
namespace {

constexpr size_t kChunk = 65536;
constexpr size_t kLongestLine = 64U << 20U;

class SocketStream final : public ByteStream {
 public:
  SocketStream(Descriptor socket, std::string peer, int peer_pid)
      : socket_(std::move(socket)), peer_(std::move(peer)), peer_pid_(peer_pid) {}

  Result<std::string> Read(TimePoint deadline, std::stop_token stop) override {
    std::string bytes(kChunk, '\0');
    for (;;) {
      if (stop.stop_requested()) return Fail(ErrorKind::kCancelled, "cancelled");
      const ssize_t count = ::recv(socket_.Get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (count >= 0) {
        bytes.resize(static_cast<size_t>(count));
        return bytes;
      }
      TRY_DO(Recover(errno, "read from", POLLIN, deadline, stop));
    }
  }

  Status Write(std::string_view bytes, TimePoint deadline) override {
    while (!bytes.empty()) {
      const ssize_t count =
          ::send(socket_.Get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<size_t>(count));
      } else {
        TRY_DO(Recover(errno, "write to", POLLOUT, deadline, {}));
      }
    }
    return {};
  }

  void Shutdown() override { ::shutdown(socket_.Get(), SHUT_RDWR); }
  void FinishWriting() override { ::shutdown(socket_.Get(), SHUT_WR); }
  void ResetOnClose() override {
    const linger at_once{1, 0};
    ::setsockopt(socket_.Get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  int PeerPid() const override { return peer_pid_; }

 private:
  // Waits after a call that would have blocked; says what is wrong after any other failure.
  Status Recover(int number, std::string_view what, short events, TimePoint deadline,
                 const std::stop_token& stop) const {
    if (number == EINTR) return {};
    if (number == EPIPE || number == ECONNRESET) {
      return Fail(ErrorKind::kUnavailable, fmt::format("{} broke off the connection", peer_));
    }
    if (number != EAGAIN) return SystemError(fmt::format("{} {}", what, peer_), number);
    Status ready = WaitReady(socket_.Get(), events, deadline, stop);
    if (!ready && ready.error().kind == ErrorKind::kTimeout) {
      return Fail(ErrorKind::kTimeout, fmt::format("could not {} {} in time", what, peer_));
    }
    return ready;
  }

  const Descriptor socket_;
  const std::string peer_;
  const int peer_pid_;
};

}  // namespace

std::unique_ptr<ByteStream> MakeSocketStream(Descriptor socket, std::string peer, int peer_pid) {
  return std::make_unique<SocketStream>(std::move(socket), std::move(peer), peer_pid);
}

ucred PeerOf(const Descriptor& socket) {
  ucred peer{0, static_cast<uid_t>(-1), static_cast<gid_t>(-1)};
  socklen_t size = sizeof peer;
  ::getsockopt(socket.Get(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
  return peer;
}

Result<std::string> LineReader::Next(TimePoint deadline, std::stop_token stop) {
  for (size_t searched = 0;;) {
    const size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    searched = buffer_.size();
    if (searched > kLongestLine) return Fail(ErrorKind::kInvalid, "a line is over 64 MiB long");
    TRY(const std::string bytes, stream_.Read(deadline, stop));
    if (bytes.empty()) return Fail(ErrorKind::kNotFound, "the stream has ended");
    buffer_ += bytes;
  }
}

}  // namespace ctestbed

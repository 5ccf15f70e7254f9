#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "base/text.h"
#include "io/poll.h"
#include "io/socket_stream.h"
#include "io/system_error.h"

namespace ctestbed {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* Get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};
using Addresses = std::vector<SocketAddress>;

Result<Addresses> LookUp(const std::string& host, int port, int flags) {
  addrinfo hints{};
  hints.ai_flags = flags | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int problem = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (problem != 0) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot resolve {}: {}", Quote(host), ::gai_strerror(problem)));
  }
  Addresses addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
    address.size = each->ai_addrlen;
  }
  ::freeaddrinfo(found);
  return addresses;
}

// getaddrinfo(3) knows no deadline, so a name is looked up on a thread that is left to itself when
// nobody waits for it any more.
Result<Addresses> LookUpName(const std::string& host, int port, TimePoint deadline,
                             const std::stop_token& stop) {
  struct Pending {
    std::mutex mutex;
    std::condition_variable_any answered;
    std::optional<Result<Addresses>> answer;
  };
  const auto pending = std::make_shared<Pending>();
  try {
    std::thread([pending, host, port] {
      auto answer = LookUp(host, port, 0);
      const std::lock_guard lock(pending->mutex);
      pending->answer = std::move(answer);
      pending->answered.notify_all();
    }).detach();
  } catch (const std::system_error& error) {
    return SystemError("start a thread", error.code().value());
  }
  std::unique_lock lock(pending->mutex);
  pending->answered.wait_until(lock, stop, deadline, [&] { return pending->answer.has_value(); });
  if (pending->answer) return *pending->answer;
  if (stop.stop_requested()) return Fail(ErrorKind::kCancelled, "cancelled");
  return Fail(ErrorKind::kTimeout, fmt::format("could not resolve {} in time", Quote(host)));
}

Result<Addresses> Resolve(const std::string& host, int port, TimePoint deadline,
                          const std::stop_token& stop) {
  if (port < 1 || port > 65535) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is no port, expected 1 to 65535", port));
  }
  // RFC 6761 section 6.3: never ask anybody else about this name.
  if (host == "localhost") {
    TRY(Addresses addresses, LookUp("127.0.0.1", port, AI_NUMERICHOST));
    if (const auto v6 = LookUp("::1", port, AI_NUMERICHOST)) addresses.push_back(v6->front());
    return addresses;
  }
  if (auto literal = LookUp(host, port, AI_NUMERICHOST)) return literal;
  return LookUpName(host, port, deadline, stop);
}

// A connection from a port to itself, which TCP makes when the kernel happens to pick the wanted
// port as the local one and nobody listens (RFC 9293 section 3.5, simultaneous open).
bool IsOwnEcho(const Descriptor& socket) {
  SocketAddress here;
  SocketAddress there;
  here.size = there.size = sizeof(sockaddr_storage);
  ::getsockname(socket.Get(), reinterpret_cast<sockaddr*>(&here.storage), &here.size);
  ::getpeername(socket.Get(), reinterpret_cast<sockaddr*>(&there.storage), &there.size);
  return here.size == there.size && std::memcmp(&here.storage, &there.storage, here.size) == 0;
}

// The connected socket; `peer` names it in messages.
Result<Descriptor> Connect(const SocketAddress& address, const std::string& peer,
                           TimePoint deadline, const std::stop_token& stop) {
  Descriptor socket(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return SystemError("make a socket", errno);
  int problem = ::connect(socket.Get(), address.Get(), address.size) == 0 ? 0 : errno;
  if (problem == EINPROGRESS || problem == EINTR) {
    TRY_DO(WaitReady(socket.Get(), POLLOUT, deadline, stop));
    socklen_t size = sizeof problem;
    ::getsockopt(socket.Get(), SOL_SOCKET, SO_ERROR, &problem, &size);
  }
  if (problem == ECONNREFUSED || (problem == 0 && IsOwnEcho(socket))) {
    return Fail(ErrorKind::kUnavailable, fmt::format("connection to {} refused", peer));
  }
  if (problem != 0) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot connect to {}: {}", peer, ErrnoText(problem)));
  }
  const int on = 1;
  ::setsockopt(socket.Get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

// Each of several addresses gets its share of the time, so that a silent one hides no other.
TimePoint Share(TimePoint deadline, size_t addresses_left) {
  if (addresses_left == 1) return deadline;
  const TimePoint now = std::chrono::steady_clock::now();
  return now + (deadline - now) / static_cast<int>(addresses_left);
}

}  // namespace

Result<std::unique_ptr<ByteStream>> ConnectTcp(const std::string& host, int port,
                                               TimePoint deadline, std::stop_token stop) {
  const TimePoint start = std::chrono::steady_clock::now();
  TRY(const Addresses addresses, Resolve(host, port, deadline, stop));
  const bool is_v6_literal = host.find(':') != std::string::npos;
  const std::string peer = fmt::format("{}:{}", is_v6_literal ? "[" + host + "]" : host, port);
  Error last{ErrorKind::kUnavailable, fmt::format("{} has no address", Quote(host)), {}, {}};
  for (size_t i = 0; i < addresses.size(); ++i) {
    auto socket = Connect(addresses[i], peer, Share(deadline, addresses.size() - i), stop);
    if (socket) return MakeSocketStream(std::move(*socket), peer, 0);
    last = std::move(socket).error();
    if (last.kind == ErrorKind::kCancelled) break;
  }
  if (last.kind == ErrorKind::kTimeout) {
    const auto waited = std::chrono::round<Duration>(std::max(deadline, start) - start);
    last.message = fmt::format("no connection to {} within {}", peer, FormatDuration(waited));
  }
  return tl::unexpected<Error>(std::move(last));
}

}  // namespace ctestbed

#include "testing/canned_server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include "io/descriptor.h"
#include "io/poll.h"

namespace ctestbed {
namespace {

size_t ContentLength(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const size_t at = head.find(kName);
  if (at == std::string_view::npos) return 0;
  return std::strtoul(head.data() + at + kName.size(), nullptr, 10);
}

}  // namespace

CannedConnection::~CannedConnection() {
  if (socket_ >= 0) ::close(socket_);
}

std::string CannedConnection::Read() {
  if (!WaitReady(socket_, POLLIN, TimePoint::max(), stop_)) return {};
  std::array<char, 65536> bytes{};
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  return {bytes.data(), static_cast<size_t>(std::max<ssize_t>(count, 0))};
}

std::string CannedConnection::ReadRequest() {
  for (;;) {
    const size_t head = pending_.find("\r\n\r\n");
    if (head != std::string::npos) {
      const size_t size = head + 4 + ContentLength(pending_.substr(0, head));
      if (pending_.size() >= size) {
        std::string request = pending_.substr(0, size);
        pending_.erase(0, size);
        return request;
      }
    }
    const std::string bytes = Read();
    if (bytes.empty()) return std::exchange(pending_, {});
    pending_ += bytes;
  }
}

void CannedConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    if (sent > 0 || errno == EINTR) continue;
    if (errno != EAGAIN || !WaitReady(socket_, POLLOUT, TimePoint::max(), stop_)) return;
  }
}

void CannedConnection::SendByteByByte(std::string_view bytes) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (size_t i = 0; i < bytes.size(); ++i) Send(bytes.substr(i, 1));
}

void CannedConnection::Reset() {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(socket_, -1));
}

void CannedConnection::FinishSending() {
  ::shutdown(socket_, SHUT_WR);
}

void CannedConnection::Hang() {
  while (!Read().empty()) {
  }
}

class CannedServer::Impl {
 public:
  Impl(Serve serve, int family, const sockaddr* address, socklen_t size)
      : serve_(std::move(serve)), listener_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (::bind(listener_.Get(), address, size) != 0 || ::listen(listener_.Get(), 64) != 0) {
      std::perror("canned server");
      std::abort();
    }
    acceptor_ = std::jthread([this](const std::stop_token& stop) { Accept(stop); });
  }

  int Port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_.Get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

 private:
  void Accept(const std::stop_token& stop) {
    std::vector<std::jthread> serving;
    while (WaitReady(listener_.Get(), POLLIN, TimePoint::max(), stop)) {
      const int socket = ::accept4(listener_.Get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      serving.emplace_back([this, socket](std::stop_token stopping) {
        CannedConnection connection(socket, std::move(stopping));
        serve_(connection);
      });
    }
  }

  const Serve serve_;
  const Descriptor listener_;
  std::jthread acceptor_;
};

CannedServer::CannedServer(Serve serve)
    : impl_([&] {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return std::make_unique<Impl>(std::move(serve), AF_INET,
                                      reinterpret_cast<const sockaddr*>(&address), sizeof address);
      }()) {}

CannedServer::CannedServer(Serve serve, const std::string& path)
    : impl_([&] {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        return std::make_unique<Impl>(std::move(serve), AF_UNIX,
                                      reinterpret_cast<const sockaddr*>(&address), sizeof address);
      }()) {}

CannedServer::~CannedServer() = default;

int CannedServer::Port() const {
  return impl_->Port();
}

std::string CannedServer::Url(std::string_view path) const {
  return fmt::format("http://127.0.0.1:{}{}", Port(), path);
}

CannedServer::Serve Answering(std::string answer) {
  return [answer = std::move(answer)](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send(answer);
  };
}

}  // namespace ctestbed

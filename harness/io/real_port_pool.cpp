#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <random>

#include "base/text.h"
#include "io/descriptor.h"
#include "io/file_system.h"
#include "io/port_pool.h"
#include "io/system_error.h"

namespace ctestbed {
namespace {

constexpr int kFirst = 20000;
constexpr int kCount = 12000;

// The lock file of one port. It is unlinked while it is still locked, so whoever gets the lock has
// to check that the file is still the one at the path.
class PortLock {
 public:
  PortLock(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  PortLock(PortLock&&) = default;
  ~PortLock() {
    if (file_) ::unlink(path_.c_str());
  }

  // kConflict when another holds it.
  static Result<PortLock> Take(const std::string& path) {
    for (;;) {
      Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
      if (!file) return SystemError("make " + Quote(path), errno);
      if (::flock(file.Get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return SystemError("lock " + Quote(path), errno);
        return Fail(ErrorKind::kConflict, "leased by another environment");
      }
      if (IsAt(file, path)) return PortLock(std::move(file), path);
    }
  }

 private:
  static bool IsAt(const Descriptor& file, const std::string& path) {
    struct stat opened {};
    struct stat found {};
    return ::fstat(file.Get(), &opened) == 0 && ::stat(path.c_str(), &found) == 0 &&
           opened.st_ino == found.st_ino && opened.st_dev == found.st_dev;
  }

  Descriptor file_;
  std::string path_;
};

bool Bind(const Descriptor& socket, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(socket.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void AllowReuse(const Descriptor& socket) {
  const int on = 1;
  ::setsockopt(socket.Get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

// A socket bound to `port` of 127.0.0.1. Bound without SO_REUSEADDR, which fails if anybody else
// has the port, listening or not, on this address or on all; the option is set afterwards, so that
// the server may bind beside us (Linux looks at it when the second one binds). A port that is
// `wanted` by its number may have connections in TIME_WAIT, which only SO_REUSEADDR passes over.
Result<Descriptor> Hold(int port, bool wanted) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return SystemError("make a socket", errno);
  bool bound = Bind(socket, port);
  AllowReuse(socket);
  if (!bound && wanted) bound = Bind(socket, port);
  if (bound) return socket;
  if (errno != EADDRINUSE) return SystemError(fmt::format("bind port {}", port), errno);
  return Fail(ErrorKind::kConflict, "in use by another program");
}

class RealPortLease final : public PortLease {
 public:
  RealPortLease(int port, PortLock lock, Descriptor socket)
      : port_(port), lock_(std::move(lock)), socket_(std::move(socket)) {}

  int Port() const override { return port_; }
  void Release() override { socket_.Close(); }

 private:
  const int port_;
  const PortLock lock_;
  Descriptor socket_;
};

class RealPortPool final : public PortPool {
 public:
  explicit RealPortPool(std::string directory)
      : directory_(std::move(directory)), next_(std::random_device()() % kCount) {}

  Result<std::unique_ptr<PortLease>> Lease(int wanted) override {
    TRY_DO(MakeRealFileSystem()->MakeDirectories(directory_));
    if (wanted == 0) return LeaseAny();
    if (wanted < 1 || wanted > 65535) {
      return Fail(ErrorKind::kInvalid, fmt::format("{} is no port, expected 1 to 65535", wanted));
    }
    auto lease = LeaseOne(wanted, true);
    if (!lease && lease.error().kind == ErrorKind::kConflict) {
      return Fail(ErrorKind::kConflict,
                  fmt::format("port {} is {}", wanted, lease.error().message));
    }
    return lease;
  }

 private:
  Result<std::unique_ptr<PortLease>> LeaseAny() {
    for (int tries = 0; tries < kCount; ++tries) {
      auto lease = LeaseOne(kFirst + static_cast<int>(next_++ % kCount), false);
      if (lease || lease.error().kind != ErrorKind::kConflict) return lease;
    }
    return Fail(ErrorKind::kConflict,
                fmt::format("all ports from {} to {} are taken", kFirst, kFirst + kCount - 1));
  }

  Result<std::unique_ptr<PortLease>> LeaseOne(int port, bool wanted) {
    TRY(PortLock lock, PortLock::Take(fmt::format("{}/{}.lock", directory_, port)));
    TRY(Descriptor socket, Hold(port, wanted));
    return std::make_unique<RealPortLease>(port, std::move(lock), std::move(socket));
  }

  const std::string directory_;
  // Goes round, so that a port rests as long as can be before it is leased again.
  std::atomic<unsigned> next_;
};

}  // namespace

std::unique_ptr<PortPool> MakeRealPortPool(const std::string& directory) {
  return std::make_unique<RealPortPool>(directory);
}

}  // namespace ctestbed

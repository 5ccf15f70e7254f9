#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "io/poll.h"
#include "io/socket_stream.h"
#include "io/system_error.h"

namespace ctestbed {
namespace {

std::string DirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

struct UnixAddress {
  sockaddr_un name{};
  Descriptor directory;  // must stay open while the name is in use

  const sockaddr* Get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

// sockaddr_un has room for 107 bytes; a longer path is reached through a descriptor of its
// directory.
Result<UnixAddress> AddressOf(const std::string& path) {
  UnixAddress address;
  address.name.sun_family = AF_UNIX;
  std::string name = path;
  if (name.size() >= sizeof address.name.sun_path) {
    address.directory = Descriptor(::open(DirectoryOf(path).c_str(), O_PATH | O_CLOEXEC));
    name = fmt::format("/proc/self/fd/{}/{}", address.directory.Get(),
                       std::filesystem::path(path).filename().string());
  }
  if (name.size() >= sizeof address.name.sun_path) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is too long for a socket", Quote(path)));
  }
  std::copy(name.begin(), name.end(), address.name.sun_path);
  return address;
}

timeval ToTimeval(int milliseconds) {
  return {milliseconds / 1000, static_cast<suseconds_t>(milliseconds % 1000 * 1000)};
}

// Whoever replaces or removes a socket file holds this, so that nobody removes the file that
// another has just made.
Result<Descriptor> LockDirectoryOf(const std::string& path) {
  const std::string directory = DirectoryOf(path);
  Descriptor lock(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock) return SystemError("open " + Quote(directory), errno);
  while (::flock(lock.Get(), LOCK_EX) != 0) {
    if (errno != EINTR) return SystemError("lock " + Quote(directory), errno);
  }
  return lock;
}

Status RemoveStale(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return Fail(ErrorKind::kConflict, fmt::format("{} exists and is no socket", Quote(path)));
  }
  const TimePoint soon = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  const auto listening = ConnectUnix(path, soon);
  if (listening || listening.error().kind == ErrorKind::kTimeout) {
    return Fail(ErrorKind::kConflict, fmt::format("somebody listens on {} already", Quote(path)));
  }
  if (listening.error().kind != ErrorKind::kUnavailable) return tl::unexpected(listening.error());
  if (::unlink(path.c_str()) != 0) return SystemError("remove " + Quote(path), errno);
  return {};
}

class UnixListener final : public Listener {
 public:
  UnixListener(Descriptor socket, std::string path)
      : socket_(std::move(socket)), path_(std::move(path)) {
    ::lstat(path_.c_str(), &file_);
  }

  ~UnixListener() override {
    const auto lock = LockDirectoryOf(path_);
    struct stat found {};
    if (::lstat(path_.c_str(), &found) == 0 && found.st_dev == file_.st_dev &&
        found.st_ino == file_.st_ino) {
      ::unlink(path_.c_str());
    }
  }

  Result<std::unique_ptr<ByteStream>> Accept(std::stop_token stop) override {
    for (;;) {
      if (stop.stop_requested()) return Fail(ErrorKind::kCancelled, "cancelled");
      Descriptor socket(::accept4(socket_.Get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (socket) {
        const ucred peer = PeerOf(socket);
        if (peer.uid != ::geteuid()) continue;
        return MakeSocketStream(std::move(socket), fmt::format("process {}", peer.pid), peer.pid);
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN) return SystemError("accept on " + Quote(path_), errno);
      TRY_DO(WaitReady(socket_.Get(), POLLIN, TimePoint::max(), stop));
    }
  }

 private:
  const Descriptor socket_;
  const std::string path_;
  struct stat file_ {};
};

}  // namespace

Result<std::unique_ptr<ByteStream>> ConnectUnix(const std::string& path, TimePoint deadline) {
  TRY(const UnixAddress address, AddressOf(path));
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return SystemError("make a socket", errno);
  // A unix socket connects at once or waits for room in the backlog, which poll(2) cannot tell; its
  // own timeout can (unix(7), socket(7)). A timeout of 0 would mean "for ever".
  for (int problem = EINTR; problem == EINTR;) {
    const timeval timeout = ToTimeval(std::max(1, PollTimeout(deadline)));
    ::setsockopt(socket.Get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    problem = ::connect(socket.Get(), address.Get(), sizeof address.name) == 0 ? 0 : errno;
    if (problem == EAGAIN) {
      return Fail(ErrorKind::kTimeout, fmt::format("no connection to {} in time", Quote(path)));
    }
    if (problem == ENOENT || problem == ECONNREFUSED) {
      return Fail(ErrorKind::kUnavailable, fmt::format("nobody listens on {}", Quote(path)));
    }
    if (problem != 0 && problem != EINTR) return SystemError("connect to " + Quote(path), problem);
  }
  const int pid = PeerOf(socket).pid;
  return MakeSocketStream(std::move(socket), Quote(path), pid);
}

Result<std::unique_ptr<Listener>> ListenUnix(const std::string& path) {
  TRY(const UnixAddress address, AddressOf(path));
  TRY(const Descriptor lock, LockDirectoryOf(path));
  TRY_DO(RemoveStale(path));
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // On Linux the file that bind() makes gets the mode of the socket, so that it is never open to
  // others.
  if (!socket || ::fchmod(socket.Get(), 0600) != 0 ||
      ::bind(socket.Get(), address.Get(), sizeof address.name) != 0) {
    return SystemError("make socket " + Quote(path), errno);
  }
  if (::listen(socket.Get(), SOMAXCONN) != 0) return SystemError("listen on " + Quote(path), errno);
  return std::make_unique<UnixListener>(std::move(socket), path);
}

}  // namespace ctestbed

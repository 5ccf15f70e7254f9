#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "io/byte_stream.h"
#include "testing/expect.h"
#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

using std::chrono::milliseconds;
using std::filesystem::exists;

std::unique_ptr<Listener> Listen(const std::string& path) {
  auto listener = ListenUnix(path);
  EXPECT_TRUE(listener) << listener.error().message;
  return std::move(*listener);
}

// Connects, accepts and sends a byte each way.
void ExpectTalk(Listener& listener, const std::string& path) {
  const auto client = ConnectUnix(path, Soon());
  ASSERT_TRUE(client) << client.error().message;
  const auto server = listener.Accept({});
  ASSERT_TRUE(server) << server.error().message;
  ASSERT_TRUE((*client)->Write("a", Soon()));
  EXPECT_EQ((*server)->Read(Soon(), {}), "a");
  ASSERT_TRUE((*server)->Write("b", Soon()));
  EXPECT_EQ((*client)->Read(Soon(), {}), "b");
  EXPECT_EQ((*server)->PeerPid(), ::getpid());
  EXPECT_EQ((*client)->PeerPid(), ::getpid());
}

TEST(UnixStream, ConnectsBothWaysAndKnowsItsPeer) {
  const TempDir directory;
  ExpectTalk(*Listen(directory / "s"), directory / "s");
}

TEST(UnixStream, TakesPathsLongerThanAnAddressHasRoomFor) {
  const TempDir directory;
  const std::string deep = directory / std::string(200, 'd');
  std::filesystem::create_directory(deep);
  const auto listener = Listen(deep + "/socket");
  EXPECT_TRUE(exists(deep + "/socket"));
  ExpectTalk(*listener, deep + "/socket");
  ExpectError(ListenUnix(directory / std::string(120, 's')), ErrorKind::kInvalid, "is too long");
}

TEST(ListenUnix, MakesAPrivateSocketAndUnlinksIt) {
  const TempDir directory;
  {
    const auto listener = Listen(directory / "s");
    struct stat status {};
    ASSERT_EQ(::stat((directory / "s").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
  }
  EXPECT_FALSE(exists(directory / "s"));
}

TEST(ListenUnix, ReplacesAStaleSocket) {
  const TempDir directory;
  const std::string path = directory / "s";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int dead = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(dead);
  ExpectError(ConnectUnix(path, Soon()), ErrorKind::kUnavailable,
              "nobody listens on '" + path + "'");
  ExpectTalk(*Listen(path), path);
}

TEST(ListenUnix, LeavesALiveSocketAndOtherFilesAlone) {
  const TempDir directory;
  const auto listener = Listen(directory / "s");
  ExpectError(ListenUnix(directory / "s"), ErrorKind::kConflict, "somebody listens");
  std::ofstream(directory / "file") << "x";
  ExpectError(ListenUnix(directory / "file"), ErrorKind::kConflict, "is no socket");
  EXPECT_TRUE(exists(directory / "file"));
  ExpectError(ListenUnix(directory / "no/s"), ErrorKind::kNotFound, "no such file or directory");
}

TEST(ListenUnix, LetsOneOfManyWin) {
  const TempDir directory;
  std::vector<Result<std::unique_ptr<Listener>>> listeners(8);
  {
    std::vector<std::jthread> threads;
    for (auto& listener : listeners) {
      threads.emplace_back([&] { listener = ListenUnix(directory / "s"); });
    }
  }
  EXPECT_EQ(std::count_if(listeners.begin(), listeners.end(),
                          [](const auto& listener) { return listener.has_value(); }),
            1);
}

TEST(ListenUnix, DoesNotUnlinkTheSocketOfAnother) {
  const TempDir directory;
  auto first = Listen(directory / "s");
  std::filesystem::remove(directory / "s");
  const auto second = Listen(directory / "s");
  first.reset();
  EXPECT_TRUE(exists(directory / "s"));
}

TEST(ConnectUnix, SaysThatNobodyListens) {
  const TempDir directory;
  ExpectError(ConnectUnix(directory / "s", Soon()), ErrorKind::kUnavailable,
              "nobody listens on '" + (directory / "s") + "'");
}

TEST(ConnectUnix, GivesUpAtTheDeadlineWhenTheBacklogIsFull) {
  const TempDir directory;
  const auto listener = Listen(directory / "s");
  std::vector<Result<std::unique_ptr<ByteStream>>> clients;
  do {
    clients.push_back(ConnectUnix(directory / "s", In(milliseconds(20))));
  } while (clients.back() && clients.size() < 10000);
  ExpectError(clients.back(), ErrorKind::kTimeout, "no connection to");
}

TEST(Accept, IsCancelled) {
  const TempDir directory;
  const auto listener = Listen(directory / "s");
  Result<std::unique_ptr<ByteStream>> accepted;
  {
    std::jthread acceptor([&](std::stop_token stop) { accepted = listener->Accept(stop); });
    std::this_thread::sleep_for(milliseconds(5));
    acceptor.request_stop();
  }
  ExpectError(accepted, ErrorKind::kCancelled, "cancelled");
}

// In a child that is another user: whether it could talk to the listener at `address`.
bool OtherUserIsAnswered(const sockaddr_un& address) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    char byte = 0;
    const bool answered =
        ::setuid(65534) == 0 &&
        ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::read(socket, &byte, 1) == 1;
    ::_exit(answered ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status != 0;
}

TEST(Accept, RefusesAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const TempDir directory;
  const std::string path = directory / "s";
  const auto listener = Listen(path);
  std::filesystem::permissions(directory.Path(), std::filesystem::perms(0755));
  std::filesystem::permissions(path, std::filesystem::perms(0666));
  int accepted = 0;
  std::jthread acceptor([&](const std::stop_token& stop) {
    while (const auto stream = listener->Accept(stop)) {
      ++accepted;
      ASSERT_TRUE((*stream)->Write("x", Soon()));
    }
  });
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_FALSE(OtherUserIsAnswered(address));
  EXPECT_EQ((*ConnectUnix(path, Soon()))->Read(Soon(), {}), "x");
  acceptor.request_stop();
  acceptor.join();
  EXPECT_EQ(accepted, 1);
}

}  // namespace
}  // namespace ctestbed

#include "io/port_pool.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "io/descriptor.h"
#include "testing/expect.h"
#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

// A server as users write them; false when it cannot have `port`.
bool Serve(Descriptor& socket, int port, bool reuse, in_addr_t host = INADDR_LOOPBACK) {
  socket = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = reuse ? 1 : 0;
  ::setsockopt(socket.Get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(host);
  return ::bind(socket.Get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
         ::listen(socket.Get(), 1) == 0;
}

std::unique_ptr<PortLease> LeaseFrom(PortPool& pool, int wanted = 0) {
  auto lease = pool.Lease(wanted);
  EXPECT_TRUE(lease) << lease.error().message;
  return std::move(*lease);
}

// A port that was free a moment ago.
int FreePort() {
  const TempDir directory;
  return LeaseFrom(*MakeRealPortPool(directory.Path()))->Port();
}

bool IsEmptyDirectory(const std::string& path) {
  return std::filesystem::is_empty(path);
}

TEST(RealPortPool, GivesPortsBelowTheEphemeralOnes) {
  const TempDir directory;
  const auto pool = MakeRealPortPool(directory.Path());
  for (int i = 0; i < 50; ++i) {
    const auto lease = LeaseFrom(*pool);
    EXPECT_GE(lease->Port(), 20000);
    EXPECT_LE(lease->Port(), 31999);
  }
}

TEST(RealPortPool, MakesItsDirectoryPrivateAndLeavesItEmpty) {
  const TempDir directory;
  {
    const auto pool = MakeRealPortPool(directory / "ports");
    const auto lease = LeaseFrom(*pool);
    struct stat status {};
    ASSERT_EQ(::stat((directory / "ports").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    EXPECT_FALSE(IsEmptyDirectory(directory / "ports"));
  }
  EXPECT_TRUE(IsEmptyDirectory(directory / "ports"));
}

TEST(RealPortPool, NeverGivesAPortTwiceAmongManyPoolsAndThreads) {
  const TempDir directory;
  std::array<std::unique_ptr<PortPool>, 3> pools;
  for (auto& pool : pools) pool = MakeRealPortPool(directory.Path());
  std::mutex mutex;
  std::set<int> held;
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < 6; ++i) {
      threads.emplace_back([&, i] {
        std::vector<std::unique_ptr<PortLease>> leases;
        for (int round = 0; round < 60; ++round) {
          leases.push_back(LeaseFrom(*pools.at(i % pools.size())));
          const std::lock_guard lock(mutex);
          EXPECT_TRUE(held.insert(leases.back()->Port()).second) << leases.back()->Port();
        }
        const std::lock_guard lock(mutex);
        for (const auto& lease : leases) held.erase(lease->Port());
        leases.clear();
      });
    }
  }
  EXPECT_TRUE(IsEmptyDirectory(directory.Path()));
}

TEST(RealPortPool, LetsOneOfManyHaveAWantedPort) {
  const TempDir directory;
  const int port = FreePort();
  std::atomic<int> holders{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto pool = MakeRealPortPool(directory.Path());
      for (int round = 0; round < 100; ++round) {
        const auto lease = pool->Lease(port);
        if (!lease) continue;
        lease.value()->Release();
        EXPECT_EQ(++holders, 1);
        --holders;
      }
    });
  }
}

TEST(RealPortPool, RefusesAWantedPortThatIsLeased) {
  const TempDir directory;
  const auto pool = MakeRealPortPool(directory.Path());
  const auto other_pool = MakeRealPortPool(directory.Path());
  auto lease = LeaseFrom(*pool);
  const int port = lease->Port();
  const std::string message = "port " + std::to_string(port) + " is leased by another environment";
  ExpectError(pool->Lease(port), ErrorKind::kConflict, message);
  lease->Release();
  ExpectError(other_pool->Lease(port), ErrorKind::kConflict, message);
  lease.reset();
  EXPECT_EQ(LeaseFrom(*other_pool, port)->Port(), port);
}

TEST(RealPortPool, RefusesAWantedPortWhereAnotherProgramListens) {
  const TempDir directory;
  const auto pool = MakeRealPortPool(directory.Path());
  const int port = FreePort();
  for (const in_addr_t host : {INADDR_LOOPBACK, INADDR_ANY}) {
    Descriptor server;
    ASSERT_TRUE(Serve(server, port, true, host));
    ExpectError(pool->Lease(port), ErrorKind::kConflict,
                "port " + std::to_string(port) + " is in use by another program");
  }
  EXPECT_TRUE(IsEmptyDirectory(directory.Path()));
}

TEST(RealPortPool, PassesOverPortsOfOtherPrograms) {
  const TempDir directory;
  const auto pool = MakeRealPortPool(directory.Path());
  const int next = LeaseFrom(*pool)->Port() + 1;
  if (next > 31998) GTEST_SKIP() << "began at the very end of the range";
  Descriptor server;
  if (!Serve(server, next, true, INADDR_ANY)) GTEST_SKIP() << "somebody has the next port";
  const int given = LeaseFrom(*pool)->Port();
  EXPECT_GT(given, next);
}

TEST(RealPortPool, PassesOverPortsOfAnotherUsersPool) {
  const TempDir mine;
  const TempDir theirs;
  const auto my_pool = MakeRealPortPool(mine.Path());
  const auto their_pool = MakeRealPortPool(theirs.Path());
  const int next = LeaseFrom(*my_pool)->Port() + 1;
  if (next > 31998) GTEST_SKIP() << "began at the very end of the range";
  const auto held = their_pool->Lease(next);
  if (!held) GTEST_SKIP() << "somebody has the next port";
  EXPECT_GT(LeaseFrom(*my_pool)->Port(), next);
}

TEST(RealPortPool, RefusesWhatIsNoPort) {
  const TempDir directory;
  const auto pool = MakeRealPortPool(directory.Path());
  ExpectError(pool->Lease(-1), ErrorKind::kInvalid, "-1 is no port");
  ExpectError(pool->Lease(65536), ErrorKind::kInvalid, "65536 is no port");
}

TEST(RealPortPool, SaysThatItsDirectoryCannotBeMade) {
  ExpectError(MakeRealPortPool("/proc/ctestbed")->Lease(0), ErrorKind::kNotFound,
              "'/proc/ctestbed'");
}

TEST(RealPortLease, LeavesRoomForAServerWithReuseOnly) {
  const TempDir directory;
  const auto pool = MakeRealPortPool(directory.Path());
  const auto lease = LeaseFrom(*pool);
  Descriptor server;
  EXPECT_FALSE(Serve(server, lease->Port(), false));
  EXPECT_TRUE(Serve(server, lease->Port(), true));
}

TEST(RealPortLease, LeavesRoomForAnyServerOnceReleased) {
  const TempDir directory;
  const auto pool = MakeRealPortPool(directory.Path());
  const auto lease = LeaseFrom(*pool);
  lease->Release();
  Descriptor server;
  EXPECT_TRUE(Serve(server, lease->Port(), false));
}

}  // namespace
}  // namespace ctestbed

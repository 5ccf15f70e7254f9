#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <future>
#include <thread>

#include "io/byte_stream.h"
#include "io/descriptor.h"
#include "testing/canned_server.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

void Echo(CannedConnection& connection) {
  for (std::string bytes = connection.Read(); !bytes.empty(); bytes = connection.Read()) {
    connection.Send(bytes);
  }
}

std::unique_ptr<ByteStream> ConnectTo(const CannedServer& server) {
  auto stream = ConnectTcp("127.0.0.1", server.Port(), Soon(), {});
  EXPECT_TRUE(stream) << stream.error().message;
  return std::move(*stream);
}

// A port of 127.0.0.1 where nobody listens, and nobody will: it is bound.
class DeadPort {
 public:
  DeadPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    EXPECT_EQ(::bind(socket_.Get(), Address(), size), 0);
    ::getsockname(socket_.Get(), reinterpret_cast<sockaddr*>(&address_), &size);
  }
  int Number() const { return ntohs(address_.sin_port); }

  // Listens, but accepts nobody and has a full backlog: connecting takes for ever.
  void BecomeDeaf() {
    EXPECT_EQ(::listen(socket_.Get(), 0), 0);
    for (Descriptor& client : clients_) {
      client = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      ::connect(client.Get(), Address(), sizeof address_);
    }
  }

 private:
  const sockaddr* Address() const { return reinterpret_cast<const sockaddr*>(&address_); }

  sockaddr_in address_{};
  Descriptor socket_;
  std::array<Descriptor, 4> clients_;
};

TEST(ConnectTcp, TakesNamesAndLiterals) {
  const CannedServer server(Echo);
  for (const char* host : {"localhost", "127.0.0.1"}) {
    const auto stream = ConnectTcp(host, server.Port(), Soon(), {});
    ASSERT_TRUE(stream) << stream.error().message;
    ASSERT_TRUE((*stream)->Write("x", Soon()));
    EXPECT_EQ((*stream)->Read(Soon(), {}), "x");
    EXPECT_EQ((*stream)->PeerPid(), 0);
  }
}

TEST(ConnectTcp, RefusesWhatIsNoAddress) {
  ExpectError(ConnectTcp("no..where", 1, Soon(), {}), ErrorKind::kUnavailable,
              "cannot resolve 'no..where'");
  ExpectError(ConnectTcp("127.0.0.1", 70000, Soon(), {}), ErrorKind::kInvalid, "70000 is no port");
  ExpectError(ConnectTcp("127.0.0.1", 0, Soon(), {}), ErrorKind::kInvalid, "0 is no port");
}

TEST(ConnectTcp, SaysThatTheConnectionWasRefused) {
  const DeadPort port;
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    ExpectError(ConnectTcp(host, port.Number(), Soon(), {}), ErrorKind::kUnavailable,
                "connection to " + host + ":" + std::to_string(port.Number()) + " refused");
  }
}

TEST(ConnectTcp, GivesUpAtTheDeadline) {
  DeadPort port;
  port.BecomeDeaf();
  ExpectError(ConnectTcp("127.0.0.1", port.Number(), In(milliseconds(30)), {}), ErrorKind::kTimeout,
              "no connection to 127.0.0.1:" + std::to_string(port.Number()) + " within ");
}

TEST(ConnectTcp, TriesTheNextAddressWhenOneIsSilent) {
  DeadPort port;
  port.BecomeDeaf();
  // localhost has two addresses; nobody listens at ::1, which is found out in spite of the first.
  ExpectError(ConnectTcp("localhost", port.Number(), In(seconds(1)), {}), ErrorKind::kUnavailable,
              "refused");
}

TEST(ConnectTcp, IsCancelledWhileConnecting) {
  DeadPort port;
  port.BecomeDeaf();
  std::stop_source stop;
  const std::jthread canceller([&] { stop.request_stop(); });
  ExpectError(ConnectTcp("127.0.0.1", port.Number(), In(seconds(60)), stop.get_token()),
              ErrorKind::kCancelled, "cancelled");
}

TEST(TcpStream, StillWritesToAPeerThatHasFinishedSending) {
  std::promise<std::string> heard;
  const CannedServer server([&](CannedConnection& connection) {
    connection.FinishSending();
    heard.set_value(connection.Read());
  });
  const auto stream = ConnectTo(server);
  EXPECT_EQ(stream->Read(Soon(), {}), "");
  EXPECT_TRUE(stream->Write("hello", Soon()));
  EXPECT_EQ(heard.get_future().get(), "hello");
}

TEST(TcpStream, SaysThatThePeerBrokeOff) {
  const CannedServer server([](CannedConnection& connection) {
    connection.Read();
    connection.Reset();
  });
  const auto stream = ConnectTo(server);
  ASSERT_TRUE(stream->Write("x", Soon()));
  ExpectError(stream->Read(Soon(), {}), ErrorKind::kUnavailable,
              "127.0.0.1:" + std::to_string(server.Port()) + " broke off the connection");
}

}  // namespace
}  // namespace ctestbed

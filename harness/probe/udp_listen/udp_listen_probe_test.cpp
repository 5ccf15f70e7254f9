#include "probe/udp_listen/udp_listen_probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/mistakes.h"
#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

Status Check(int port) {
  Diagnostics problems;
  const auto probe = MakeUdpListenProbe(DocumentFromJson("true"), problems);
  return probe->Check({.node = "main", .own = {"127.0.0.1", port}}, {}, {});
}

// A socket bound to a free port of `address`; the port.
int Bind(int socket, sockaddr* address, socklen_t size) {
  EXPECT_EQ(::bind(socket, address, size), 0);
  EXPECT_EQ(::getsockname(socket, address, &size), 0);
  return ntohs(address->sa_family == AF_INET ? reinterpret_cast<sockaddr_in*>(address)->sin_port
                                             : reinterpret_cast<sockaddr_in6*>(address)->sin6_port);
}

TEST(UdpListenProbe, SeesASocketAsLongAsItIsBound) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  const int port = Bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  EXPECT_TRUE(Check(port).has_value());
  ::close(socket);
  const Status status = Check(port);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(status.error().message, "udp port " + std::to_string(port) + " is not bound");
}

TEST(UdpListenProbe, DoesNotTakeATcpPortForIt) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  const int port = Bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  EXPECT_EQ(::listen(socket, 1), 0);
  EXPECT_FALSE(Check(port).has_value());
  ::close(socket);
}

TEST(UdpListenProbe, TakesNoArguments) {
  EXPECT_EQ(Mistakes(MakeUdpListenProbe, DocumentFromJson("53")),
            "1:1 a udp_listen probe takes no arguments, not '53'; write 'udp_listen: true'");
}

}  // namespace
}  // namespace ctestbed

#include "probe/tcp/tcp_probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/mistakes.h"
#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

// A loopback port that listens until Close().
class LoopbackPort {
 public:
  LoopbackPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, generic, size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, generic, &size), 0);
    number_ = ntohs(address.sin_port);
  }
  ~LoopbackPort() { Close(); }
  LoopbackPort(const LoopbackPort&) = delete;
  LoopbackPort& operator=(const LoopbackPort&) = delete;

  int number() const { return number_; }
  void Close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  int socket_;
  int number_ = 0;
};

Status Check(int port) {
  Diagnostics problems;
  const auto probe = MakeTcpProbe(DocumentFromJson("true"), problems);
  return probe->Check({.node = "redis", .own = {"127.0.0.1", port}},
                      std::chrono::steady_clock::now() + std::chrono::seconds(10), {});
}

TEST(TcpProbe, IsContentWithAListener) {
  const LoopbackPort port;
  EXPECT_TRUE(Check(port.number()).has_value());
}

TEST(TcpProbe, NamesThePortThatRefuses) {
  LoopbackPort port;
  port.Close();
  const Status status = Check(port.number());
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(status.error().message,
            "tcp 127.0.0.1:" + std::to_string(port.number()) + " refused the connection");
}

TEST(TcpProbe, TakesNoArguments) {
  for (const std::string_view arguments : {"", "{}", "true"}) {
    EXPECT_EQ(Mistakes(MakeTcpProbe, DocumentFromJson(arguments)), "accepted");
  }
}

TEST(TcpProbe, RefusesArguments) {
  EXPECT_EQ(Mistakes(MakeTcpProbe, DocumentFromJson("8080")),
            "1:1 a tcp probe takes no arguments, not '8080'; write 'tcp: true'");
  EXPECT_EQ(Mistakes(MakeTcpProbe, DocumentFromJson("{port: 8080}")),
            "1:2 unknown key 'port' in tcp probe; known keys: none");
  EXPECT_EQ(Mistakes(MakeTcpProbe, DocumentFromJson("[8080]")),
            "1:1 tcp probe must be a map, not a list");
}

}  // namespace
}  // namespace ctestbed

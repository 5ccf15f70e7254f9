#include "io/websocket/handshake.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/canned_server.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

using testing::HasSubstr;

std::string KeyOf(const std::string& request) {
  constexpr std::string_view kName = "Sec-WebSocket-Key: ";
  const size_t at = request.find(kName) + kName.size();
  return request.substr(at, request.find('\r', at) - at);
}

// Shakes hands with a server that sends `answer`, in which KEY stands for what it must accept.
Result<WsAnswer> Shake(std::string answer, WsRequest request = {}, std::string* sent = nullptr) {
  CannedServer server([&](CannedConnection& connection) {
    const std::string head = connection.ReadRequest();
    if (sent != nullptr) *sent = head;
    if (const size_t at = answer.find("KEY"); at != std::string::npos) {
      answer.replace(at, 3, AcceptFor(KeyOf(head)));
    }
    connection.SendByteByByte(answer);
  });
  request.url.host = "127.0.0.1";
  request.url.port = server.Port();
  if (request.url.target.empty()) request.url.target = "/echo";
  auto stream = ConnectTcp(request.url.host, request.url.port, Soon(), {});
  EXPECT_TRUE(stream);
  return ShakeHands(**stream, request, Soon(), {});
}

std::string Refusal(std::string answer, WsRequest request = {}) {
  const Result<WsAnswer> shaken = Shake(std::move(answer), std::move(request));
  return shaken ? fmt::format("answered {}", shaken->status) : shaken.error().message;
}

constexpr std::string_view kGood =
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n"
    "Sec-WebSocket-Accept: KEY\r\n";

std::string Good(std::string_view more = "") {
  return fmt::format("{}{}\r\n", kGood, more);
}

// RFC 6455 section 1.3.
TEST(Handshake, AcceptsAsTheRfcDoes) {
  EXPECT_EQ(AcceptFor("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Handshake, AgreesAndKeepsWhatCameWithTheAnswer) {
  WsRequest request;
  request.url.target = "/rooms?a=b";
  request.headers = {{"X-User", "alice"}, {"host", "example.org"}};
  request.subprotocols = {"v1", "v2"};
  request.deflate = WsDeflate{};
  std::string sent;
  const auto answer = Shake(Good("Sec-WebSocket-Protocol: v2\r\nSec-WebSocket-Extensions: "
                                 "permessage-deflate\r\n") +
                                "\x81\x02hi",
                            request, &sent);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->upgraded());
  EXPECT_EQ(answer->subprotocol, "v2");
  EXPECT_EQ(answer->deflate, WsDeflate{});
  EXPECT_TRUE(std::string("\x81\x02hi").starts_with(answer->rest));
  EXPECT_THAT(sent, testing::StartsWith("GET /rooms?a=b HTTP/1.1\r\n"));
  EXPECT_THAT(sent, HasSubstr("Sec-WebSocket-Protocol: v1, v2\r\n"));
  EXPECT_THAT(sent, HasSubstr("X-User: alice\r\n"));
  EXPECT_THAT(sent, HasSubstr("host: example.org\r\n"));
  EXPECT_EQ(sent.find("Host: "), std::string::npos);
}

TEST(Handshake, KeepsARefusalWhateverItsForm) {
  for (const std::string_view body : {"Content-Length: 5\r\n\r\nno go",
                                      "Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n3;x=y\r\n "
                                      "go\r\n0\r\n\r\n",
                                      "\r\nno go"}) {
    const auto answer = Shake(fmt::format("HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\n{}", body));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 429);
    EXPECT_EQ(answer->body, "no go");
    EXPECT_EQ(answer->headers[0], (std::pair<std::string, std::string>("Retry-After", "7")));
  }
}

TEST(Handshake, RefusesAnswersThatAreNone) {
  EXPECT_THAT(Refusal("SSH-2.0-x\r\n\r\n"), HasSubstr("no HTTP: it begins with 'SSH-2.0-x'"));
  EXPECT_EQ(Refusal(""), "the server closed the connection without an answer");
  EXPECT_EQ(Refusal("HTTP/1.1 101 S"), "the server closed the connection within its answer");
  EXPECT_EQ(Refusal("HTTP/1.1 101 S\r\nConnection: upgrade\r\n\r\n"),
            "101 without 'Upgrade: websocket'");
  EXPECT_EQ(Refusal("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n"),
            "101 without 'Connection: Upgrade'");
  EXPECT_THAT(Refusal("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Accept: x\r\n\r\n"),
              HasSubstr("Sec-WebSocket-Accept is 'x', wanted '"));
  EXPECT_THAT(Refusal(Good("Sec-WebSocket-Protocol: v3\r\n")), HasSubstr("'v3', which was not"));
  EXPECT_THAT(Refusal(Good("Sec-WebSocket-Extensions: permessage-deflate\r\n")),
              HasSubstr("'permessage-deflate', which were not offered"));
  EXPECT_EQ(Refusal("HTTP/1.1 101 S\r\n" + std::string(70000, 'x')), "a head over 65536 bytes");
}

TEST(Handshake, EndsAtItsDeadline) {
  CannedServer server([](CannedConnection& connection) { connection.Hang(); });
  auto stream = ConnectTcp("127.0.0.1", server.Port(), Soon(), {});
  WsRequest request;
  request.url = {false, "127.0.0.1", server.Port(), "/"};
  const auto answer =
      ShakeHands(**stream, request, std::chrono::steady_clock::now() + Duration(20), {});
  EXPECT_EQ(answer.error().kind, ErrorKind::kTimeout);
}

TEST(WsUrl, ReadsAllParts) {
  const auto url = ParseWsUrl("wss://example.org:8443/a/b?c=d#e").value();
  EXPECT_TRUE(url.tls);
  EXPECT_EQ(url.Authority(), "example.org:8443");
  EXPECT_EQ(url.target, "/a/b?c=d");
  EXPECT_EQ(ParseWsUrl("ws://[::1]:80")->Authority(), "[::1]:80");
  EXPECT_EQ(ParseWsUrl("ws://h?x")->target, "/?x");
  EXPECT_EQ(ParseWsUrl("ws://h")->port, 80);
  EXPECT_EQ(ParseWsUrl("wss://h")->port, 443);
  for (const char* text :
       {"http://h", "ws://", "ws://h:0", "ws://h:x", "ws://h:70000", "ws://h/a b", "ws:///x"}) {
    EXPECT_FALSE(ParseWsUrl(text)) << text;
  }
}

}  // namespace
}  // namespace ctestbed

#include "probe/websocket/websocket_probe.h"

#include <gtest/gtest.h>

#include "io/websocket/handshake.h"
#include "probe/mistakes.h"
#include "testing/canned_server.h"
#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

// Upgrades every connection; agrees on `subprotocol` unless it is empty.
CannedServer::Serve Upgrading(const std::string& subprotocol) {
  return [subprotocol](CannedConnection& connection) {
    const std::string request = connection.ReadRequest();
    constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
    const size_t key = request.find(kKey) + kKey.size();
    std::string answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        AcceptFor(request.substr(key, request.find("\r\n", key) - key)) + "\r\n";
    if (!subprotocol.empty()) answer += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
    connection.Send(answer + "\r\n");
    connection.Hang();
  };
}

Status Check(std::string_view arguments, int port) {
  Diagnostics problems;
  const auto probe = MakeWebSocketProbe(DocumentFromJson(arguments), problems);
  EXPECT_TRUE(problems.empty()) << Render(problems.Sorted());
  const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  return probe->Check({.node = "main", .address = {"127.0.0.1", port}}, deadline, {});
}

TEST(WebSocketProbe, IsContentWithAnUpgrade) {
  CannedServer server(Upgrading(""));
  EXPECT_TRUE(Check("/connect", server.Port()).has_value());
}

TEST(WebSocketProbe, NamesARefusal) {
  CannedServer server(Answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
  const Status status = Check("/connect", server.Port());
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(status.error().message, "websocket 127.0.0.1:" + std::to_string(server.Port()) +
                                        "/connect answered 404, not 101");
}

TEST(WebSocketProbe, WantsItsSubprotocol) {
  constexpr std::string_view kArguments = "{path: /, subprotocol: json}";
  CannedServer speaks(Upgrading("json"));
  EXPECT_TRUE(Check(kArguments, speaks.Port()).has_value());
  CannedServer silent(Upgrading(""));
  const Status status = Check(kArguments, silent.Port());
  ASSERT_FALSE(status.has_value());
  EXPECT_TRUE(status.error().message.ends_with("does not speak 'json'")) << status.error().message;
}

TEST(WebSocketProbe, ExplainsItsArguments) {
  EXPECT_EQ(Mistakes(MakeWebSocketProbe, DocumentFromJson("connect")),
            "1:1 the path of a websocket probe must begin with '/', not 'connect'");
  EXPECT_NE(Mistakes(MakeWebSocketProbe, DocumentFromJson("{pth: /}")), "accepted");
}

}  // namespace
}  // namespace ctestbed

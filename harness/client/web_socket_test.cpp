#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctestbed/client/web_socket.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <functional>
#include <thread>

#include "testing/canned_server.h"

namespace ctestbed::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using Socket = websocket::stream<asio::ip::tcp::socket>;

// Accepts one connection and lets `serve` speak; what that throws is the end of it.
class Server {
 public:
  explicit Server(std::function<void(Socket&)> serve)
      : thread_([this, serve = std::move(serve)] {
          Socket socket(context_);
          acceptor_.accept(socket.next_layer());
          try {
            socket.accept();
            serve(socket);
          } catch (const beast::system_error&) {
          }
        }) {}

  std::string Url() const {
    return "ws://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/x";
  }

 private:
  asio::io_context context_{1};
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::jthread thread_;
};

void Echo(Socket& socket) {
  for (beast::flat_buffer buffer;; buffer.clear()) {
    socket.read(buffer);
    socket.binary(socket.got_binary());
    socket.write(buffer.data());
  }
}

std::string ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(WebSocketClient, ExchangesMessagesOfBothKinds) {
  Server server(Echo);
  WebSocket socket(server.Url());
  const std::string large(200'000, 'x');
  socket.Send("hello");
  socket.SendBinary(std::string("\0\xff", 2));
  socket.Send(large);
  EXPECT_EQ(socket.Receive().data, "hello");
  const Message binary = socket.Receive();
  EXPECT_TRUE(binary.binary);
  EXPECT_EQ(binary.data, std::string("\0\xff", 2));
  EXPECT_EQ(socket.Receive().data, large);
  EXPECT_EQ(socket.CloseCode(), std::nullopt);
  socket.Close(1001);
  EXPECT_EQ(socket.CloseCode(), 1001);
}

TEST(WebSocketClient, SurvivesAWaitForNothing) {
  Server server(Echo);
  WebSocketOptions options;
  options.timeout = std::chrono::milliseconds(100);
  WebSocket socket(server.Url(), options);
  EXPECT_EQ(socket.ReceiveWithin(std::chrono::milliseconds(20)), std::nullopt);
  EXPECT_EQ(ErrorOf([&] { socket.Receive(); }), server.Url() + ": no message within 100 ms");
  socket.Send("still there");
  EXPECT_EQ(socket.Receive().data, "still there");
}

TEST(WebSocketClient, SeesHowThePeerCloses) {
  Server server([](Socket& socket) {
    socket.write(asio::buffer("last", 4));
    socket.close({static_cast<websocket::close_code>(4001), "kicked"});
  });
  WebSocket socket(server.Url());
  EXPECT_EQ(socket.Receive().data, "last");
  EXPECT_EQ(ErrorOf([&] { socket.Receive(); }),
            server.Url() + ": the connection was closed with code 4001");
  EXPECT_EQ(socket.CloseCode(), 4001);
  EXPECT_NE(ErrorOf([&] { socket.Send("x"); }), "");
}

TEST(WebSocketClient, SeesALostConnection) {
  Server server([](Socket& socket) { socket.next_layer().close(); });
  WebSocket socket(server.Url());
  EXPECT_NE(ErrorOf([&] { socket.Receive(); }), "");
  EXPECT_EQ(socket.CloseCode(), 1006);
}

TEST(WebSocketClient, SaysWhyItDidNotOpen) {
  CannedServer refusing(Answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  const std::string url = "ws://127.0.0.1:" + std::to_string(refusing.Port());
  EXPECT_EQ(ErrorOf([&] { WebSocket socket(url); }), url + ": refused with status 403");
  EXPECT_THAT(ErrorOf([] { WebSocket socket("ws://127.0.0.1:1/"); }),
              testing::HasSubstr("Connection refused"));
}

TEST(WebSocketClient, AsksForHeadersAndSubprotocols) {
  std::string received;
  {
    CannedServer server([&](CannedConnection& connection) {
      received = connection.ReadRequest();
      connection.Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
    WebSocketOptions options;
    options.headers = {{"Authorization", "Bearer t"}};
    options.subprotocols = "rooms.v2";
    EXPECT_NE(ErrorOf([&] {
                WebSocket("ws://127.0.0.1:" + std::to_string(server.Port()) + "/rooms", options);
              }),
              "");
  }
  EXPECT_THAT(received, testing::StartsWith("GET /rooms HTTP/1.1\r\n"));
  EXPECT_THAT(received, testing::HasSubstr("Authorization: Bearer t\r\n"));
  EXPECT_THAT(received, testing::HasSubstr("Sec-WebSocket-Protocol: rooms.v2\r\n"));
}

}  // namespace
}  // namespace ctestbed::client

// The least WebSocket client that a test needs (RFC 6455). Without TLS and compression.
#pragma once

#include <ctestbed/client/http.h>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace ctestbed::client {

struct WebSocketOptions {
  Headers headers = {};
  std::string subprotocols = {};             // "rooms.v2, rooms.v1"
  std::chrono::milliseconds timeout{5'000};  // of each call
};

struct Message {
  bool binary = false;
  std::string data;
};

// Pings are answered during calls only. Used by one thread at a time.
class WebSocket {
 public:
  // `url` is ws://HOST:PORT/PATH. Throws Error when it does not open; the text has the status with
  // which a server refused.
  explicit WebSocket(const std::string& url, const WebSocketOptions& options = {});
  WebSocket(WebSocket&&) noexcept;
  WebSocket& operator=(WebSocket&&) noexcept;
  ~WebSocket();  // drops the connection unless it is closed

  // Throw Error when the connection is closed or the time is over.
  void Send(const std::string& text);
  void SendBinary(const std::string& bytes);
  // The next message, in order. Throws Error when none comes; a later call may get it still.
  Message Receive();
  // The same; absent when none comes within `duration`.
  std::optional<Message> ReceiveWithin(std::chrono::milliseconds duration);
  // Shakes hands on the close. Throws Error when the peer does not.
  void Close(int code = 1000);

  // With which code it was closed; absent while it is open, 1006 when the connection was lost.
  std::optional<int> CloseCode() const;
  // What the server chose; empty if nothing.
  std::string Subprotocol() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctestbed::client

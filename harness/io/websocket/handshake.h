// The opening handshake of a WebSocket, as a client (RFC 6455 section 4.1).
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.h"
#include "io/byte_stream.h"
#include "io/http_client.h"
#include "io/websocket/deflate.h"

namespace ctestbed {

// Where a WebSocket is (RFC 6455 section 3).
struct WsUrl {
  bool tls = false;
  std::string host;  // without the brackets of an IPv6 address
  int port = 0;
  std::string target;  // path and query, begins with '/'

  std::string Authority() const;  // host:port, for the Host header and for messages
};
// "ws://host:port/path?query" or wss; kInvalid says what is wrong.
Result<WsUrl> ParseWsUrl(std::string_view url);

struct WsRequest {
  WsUrl url;
  HttpHeaders headers;  // beside those of the handshake; may replace Host
  std::vector<std::string> subprotocols;
  std::optional<WsDeflate> deflate;  // offered
};

struct WsAnswer {
  int status = 0;
  HttpHeaders headers;
  std::string body;         // of a refusal
  std::string subprotocol;  // agreed on; may be empty
  std::optional<WsDeflate> deflate;
  std::string rest;  // of the upgraded connection: bytes that came with the answer

  bool upgraded() const { return status == 101; }
};

// Sends `request` over a connected `stream` and reads the answer. A refusal is an answer. kInvalid
// when the answer breaks the protocol, is none, or agrees on what was not offered; kUnavailable,
// kTimeout, kCancelled of the stream.
Result<WsAnswer> ShakeHands(ByteStream& stream, const WsRequest& request, TimePoint deadline,
                            const std::stop_token& stop);

// The bytes of the request with this key, and the Sec-WebSocket-Accept that belongs to it.
std::string HandshakeText(const WsRequest& request, std::string_view key);
std::string AcceptFor(std::string_view key);

}  // namespace ctestbed

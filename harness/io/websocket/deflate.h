// Compression of messages (RFC 7692, permessage-deflate) as a client sees it. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

// Parameters of the extension (RFC 7692 section 7.1): offered by us, or agreed on.
struct WsDeflate {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  int server_max_window_bits = 15;  // 8 to 15
  int client_max_window_bits = 15;  // 9 to 15

  bool operator==(const WsDeflate&) const = default;
};

// For Sec-WebSocket-Extensions: "permessage-deflate; client_no_context_takeover".
std::string DeflateText(const WsDeflate& offer);
// What a server answered in Sec-WebSocket-Extensions to `offer`. None for an empty text; kInvalid
// when it names what was not offered.
Result<std::optional<WsDeflate>> ParseDeflateAnswer(std::string_view text,
                                                    const std::optional<WsDeflate>& offer);

// One direction of a connection. Not thread-safe.
class WsDeflater {
 public:
  explicit WsDeflater(const WsDeflate& agreed);
  ~WsDeflater();
  // The payload of a message, all of it (RFC 7692 section 7.2.1).
  std::string Compress(std::string_view message);

 private:
  struct Stream;
  const std::unique_ptr<Stream> stream_;
};

class WsInflater {
 public:
  explicit WsInflater(const WsDeflate& agreed);
  ~WsInflater();
  // kInvalid when it is no deflated data; a message over `most_bytes` is kUnsupported.
  Result<std::string> Expand(std::string_view payload, size_t most_bytes);

 private:
  struct Stream;
  const std::unique_ptr<Stream> stream_;
};

}  // namespace ctestbed

// Messages of one direction of a WebSocket, from the bytes that arrive. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/websocket/deflate.h"
#include "io/websocket/frame.h"

namespace ctestbed {

// What arrived: a whole message, or a control frame.
struct WsArrival {
  WsOp op = WsOp::kText;  // kText, kBinary, kClose, kPing or kPong
  std::string payload;    // of a close frame the reason
  int close_code = 0;     // of a close frame; kWsNoCode where it holds none
  int fragments = 1;      // frames that made up the message
  bool compressed = false;

  bool operator==(const WsArrival&) const = default;
};

enum class WsSide { kClient, kServer };

// Not thread-safe.
class WsReceiver {
 public:
  // `peer` is who sends: a client must mask, a server must not.
  WsReceiver(WsSide peer, const std::optional<WsDeflate>& agreed, size_t most_bytes = 64U << 20U);

  void Feed(std::string_view bytes) { parser_.Feed(bytes); }
  // The next arrival if all of it is there. Every rule of RFC 6455 is held against it; after a
  // violation there is nothing more.
  std::optional<WsArrival> Next();
  const std::optional<WsViolation>& violation() const { return violation_; }

 private:
  using Judged = tl::expected<std::optional<WsArrival>, WsViolation>;
  std::optional<WsViolation> Judge(const WsFrame& frame) const;
  Judged Take(WsFrame frame);
  Judged TakeClose(WsFrame frame);
  Judged Finish();

  const WsSide peer_;
  const size_t most_bytes_;
  WsFrameParser parser_;
  std::unique_ptr<WsInflater> inflater_;  // null: no compression was agreed on
  std::optional<WsArrival> partial_;      // a message of which fragments are missing
  std::optional<WsViolation> violation_;
};

// Whether a peer may send `code` in a close frame (RFC 6455 section 7.4).
bool IsSendableCloseCode(int code);
// The payload of a close frame.
std::string ClosePayload(int code, std::string_view reason);

}  // namespace ctestbed

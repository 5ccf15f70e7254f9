// Frames of the WebSocket protocol (RFC 6455 section 5), as they are on the wire: what a peer may
// not send can be built too. Pure; messages are receiver.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

// Opcodes (RFC 6455 section 11.8); others are reserved.
enum class WsOp : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// Close codes (RFC 6455 section 7.4.1) that the protocol itself gives.
enum WsCloseCode : int {
  kWsNormal = 1000,
  kWsProtocolError = 1002,
  kWsNoCode = 1005,    // the close frame held none; never sent
  kWsAbnormal = 1006,  // there was no close frame; never sent
  kWsBadText = 1007,
  kWsTooBig = 1009,
};

struct WsFrame {
  bool fin = true;
  std::uint8_t rsv = 0;  // the three reserved bits; 4 is RSV1
  WsOp op = WsOp::kText;
  bool masked = false;  // for the parser to say; EncodeFrame goes by its key
  std::string payload;  // unmasked

  bool operator==(const WsFrame&) const = default;
};

// "text", "ping", "op 3".
std::string WsOpName(WsOp op);
constexpr bool IsControl(WsOp op) {
  return static_cast<unsigned>(op) >= 8;
}

using WsMask = std::array<std::uint8_t, 4>;
// Unpredictable, as RFC 6455 section 10.3 wants it.
WsMask RandomMask();
// Masks or unmasks (RFC 6455 section 5.3).
void ApplyMask(std::string& payload, const WsMask& mask);

// The shortest form that holds the payload; masked where there is a key.
std::string EncodeFrame(const WsFrame& frame, const std::optional<WsMask>& mask);

// What a peer did that the protocol forbids.
struct WsViolation {
  int code = kWsProtocolError;  // the close code to answer with
  std::string message;          // "a ping in fragments"

  bool operator==(const WsViolation&) const = default;
};

// Cuts a stream of bytes into frames. Judges what makes the stream unreadable alone: lengths that
// are too long, or not in their shortest form.
class WsFrameParser {
 public:
  explicit WsFrameParser(size_t most_bytes = 64U << 20U) : most_bytes_(most_bytes) {}

  void Feed(std::string_view bytes) { pending_ += bytes; }
  // The next frame if all of it is there. After a violation there are no more.
  tl::expected<std::optional<WsFrame>, WsViolation> Next();

 private:
  struct Head;
  tl::expected<std::optional<Head>, WsViolation> ParseHead() const;
  std::uint64_t NumberAt(size_t offset, size_t size) const;

  const size_t most_bytes_;
  std::string pending_;
  size_t begin_ = 0;  // of what is pending and not yet cut off
};

}  // namespace ctestbed

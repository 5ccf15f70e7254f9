#include "io/websocket/frame.h"

#include <fmt/format.h>

#include <random>

namespace ctestbed {
namespace {

constexpr unsigned kFin = 0x80;
constexpr unsigned kMasked = 0x80;
constexpr unsigned kLength16 = 126;
constexpr unsigned kLength64 = 127;

void AppendNumber(std::string& bytes, std::uint64_t number, size_t size) {
  while (size > 0) bytes += static_cast<char>(number >> (8 * --size) & 0xFFU);
}

}  // namespace

std::string WsOpName(WsOp op) {
  switch (op) {
    case WsOp::kContinuation:
      return "cont";
    case WsOp::kText:
      return "text";
    case WsOp::kBinary:
      return "binary";
    case WsOp::kClose:
      return "close";
    case WsOp::kPing:
      return "ping";
    case WsOp::kPong:
      return "pong";
  }
  return fmt::format("op {}", static_cast<int>(op));
}

WsMask RandomMask() {
  thread_local std::random_device source;
  const auto number = static_cast<std::uint32_t>(source());
  WsMask mask{};
  for (size_t i = 0; i < mask.size(); ++i) {
    mask.at(i) = static_cast<std::uint8_t>(number >> (8 * i) & 0xFFU);
  }
  return mask;
}

void ApplyMask(std::string& payload, const WsMask& mask) {
  for (size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(static_cast<std::uint8_t>(payload[i]) ^ mask[i % 4]);
  }
}

std::string EncodeFrame(const WsFrame& frame, const std::optional<WsMask>& mask) {
  const size_t size = frame.payload.size();
  std::string bytes;
  bytes.reserve(size + 14);
  bytes += static_cast<char>((frame.fin ? kFin : 0U) | (frame.rsv & 7U) << 4U |
                             (static_cast<unsigned>(frame.op) & 15U));
  const unsigned masked = mask ? kMasked : 0U;
  if (size < kLength16) {
    bytes += static_cast<char>(masked | size);
  } else if (size <= 0xFFFF) {
    bytes += static_cast<char>(masked | kLength16);
    AppendNumber(bytes, size, 2);
  } else {
    bytes += static_cast<char>(masked | kLength64);
    AppendNumber(bytes, size, 8);
  }
  std::string payload = frame.payload;
  if (mask) {
    bytes.append(reinterpret_cast<const char*>(mask->data()), mask->size());
    ApplyMask(payload, *mask);
  }
  return bytes + payload;
}

struct WsFrameParser::Head {
  WsFrame frame;
  size_t size = 0;  // of the head itself, without the key
  std::uint64_t payload_size = 0;
};

std::uint64_t WsFrameParser::NumberAt(size_t offset, size_t size) const {
  std::uint64_t number = 0;
  for (size_t i = 0; i < size; ++i) {
    number = number << 8U | static_cast<std::uint8_t>(pending_[begin_ + offset + i]);
  }
  return number;
}

tl::expected<std::optional<WsFrameParser::Head>, WsViolation> WsFrameParser::ParseHead() const {
  const size_t there = pending_.size() - begin_;
  if (there < 2) return std::nullopt;
  const auto first = static_cast<unsigned>(NumberAt(0, 1));
  const auto second = static_cast<unsigned>(NumberAt(1, 1));
  Head head;
  head.frame.fin = (first & kFin) != 0;
  head.frame.rsv = static_cast<std::uint8_t>(first >> 4U & 7U);
  head.frame.op = static_cast<WsOp>(first & 15U);
  head.frame.masked = (second & kMasked) != 0;
  head.payload_size = second & 127U;
  size_t length_size = 0;
  if (head.payload_size == kLength16) length_size = 2;
  if (head.payload_size == kLength64) length_size = 8;
  head.size = 2 + length_size;
  if (there < head.size) return std::nullopt;
  if (length_size > 0) {
    head.payload_size = NumberAt(2, length_size);
    const bool is_shortest =
        head.payload_size >= kLength16 && (length_size == 2 || head.payload_size > 0xFFFF);
    if (!is_shortest) {
      return tl::unexpected(
          WsViolation{kWsProtocolError,
                      fmt::format("a length of {} in {} bytes", head.payload_size, length_size)});
    }
  }
  if (head.payload_size > most_bytes_) {
    return tl::unexpected(
        WsViolation{kWsTooBig, fmt::format("a frame of {} bytes", head.payload_size)});
  }
  return head;
}

tl::expected<std::optional<WsFrame>, WsViolation> WsFrameParser::Next() {
  const auto head = ParseHead();
  if (!head) return tl::unexpected(head.error());
  if (!*head) return std::nullopt;
  WsFrame frame = (*head)->frame;
  const size_t payload = (*head)->size + (frame.masked ? 4 : 0);
  const size_t size = payload + static_cast<size_t>((*head)->payload_size);
  if (pending_.size() - begin_ < size) return std::nullopt;
  frame.payload = pending_.substr(begin_ + payload, size - payload);
  if (frame.masked) {
    WsMask mask{};
    for (size_t i = 0; i < 4; ++i) {
      mask.at(i) = static_cast<std::uint8_t>(NumberAt((*head)->size + i, 1));
    }
    ApplyMask(frame.payload, mask);
  }
  begin_ += size;
  // Moving the rest down for every frame would take quadratic time.
  if (begin_ == pending_.size() || begin_ > 65536) {
    pending_.erase(0, begin_);
    begin_ = 0;
  }
  return frame;
}

}  // namespace ctestbed

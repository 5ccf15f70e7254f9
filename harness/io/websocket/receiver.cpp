#include "io/websocket/receiver.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::uint8_t kRsv1 = 4;
constexpr size_t kMostControlBytes = 125;

tl::unexpected<WsViolation> Violation(int code, std::string message) {
  return tl::unexpected(WsViolation{code, std::move(message)});
}

bool IsReserved(WsOp op) {
  const auto number = static_cast<unsigned>(op);
  return (number > 2 && number < 8) || number > 10;
}

bool IsBadText(std::string_view text) {
  return FindInvalidUtf8(text) != std::string_view::npos;
}

}  // namespace

WsReceiver::WsReceiver(WsSide peer, const std::optional<WsDeflate>& agreed, size_t most_bytes)
    : peer_(peer), most_bytes_(most_bytes), parser_(most_bytes) {
  if (agreed) inflater_ = std::make_unique<WsInflater>(*agreed);
}

std::optional<WsArrival> WsReceiver::Next() {
  while (!violation_) {
    auto frame = parser_.Next();
    Judged judged = std::nullopt;
    if (!frame) {
      judged = tl::unexpected(frame.error());
    } else if (!*frame) {
      return std::nullopt;
    } else if (auto violation = Judge(**frame)) {
      judged = tl::unexpected(std::move(*violation));
    } else {
      judged = Take(std::move(**frame));
    }
    if (!judged) {
      violation_ = judged.error();
    } else if (*judged) {
      return std::move(**judged);
    }
  }
  return std::nullopt;
}

std::optional<WsViolation> WsReceiver::Judge(const WsFrame& frame) const {
  const std::string name = WsOpName(frame.op);
  const auto wrong = [](std::string message) {
    return WsViolation{kWsProtocolError, std::move(message)};
  };
  if (IsReserved(frame.op)) return wrong(fmt::format("the reserved opcode {}", name.substr(3)));
  const bool may_compress = inflater_ && !IsControl(frame.op) && frame.op != WsOp::kContinuation;
  if ((frame.rsv & (may_compress ? 7U - kRsv1 : 7U)) != 0) {
    return wrong(fmt::format("a {} frame with reserved bits {:03b}", name, frame.rsv));
  }
  const bool wants_mask = peer_ == WsSide::kClient;
  if (frame.masked != wants_mask) {
    return wrong(fmt::format("a {} frame {} a mask", name, frame.masked ? "with" : "without"));
  }
  if (IsControl(frame.op)) {
    if (!frame.fin) return wrong(fmt::format("a {} in fragments", name));
    if (frame.payload.size() > kMostControlBytes) {
      return wrong(fmt::format("a {} of {} bytes", name, frame.payload.size()));
    }
    return std::nullopt;
  }
  const bool continues = frame.op == WsOp::kContinuation;
  if (continues && !partial_) return wrong("a continuation of nothing");
  if (!continues && partial_) return wrong(fmt::format("a {} frame inside a message", name));
  return std::nullopt;
}

WsReceiver::Judged WsReceiver::Take(WsFrame frame) {
  if (frame.op == WsOp::kClose) return TakeClose(std::move(frame));
  if (IsControl(frame.op)) return WsArrival{frame.op, std::move(frame.payload)};
  if (!partial_) {
    partial_ = WsArrival{frame.op, std::move(frame.payload)};
    partial_->compressed = (frame.rsv & kRsv1) != 0;
  } else {
    partial_->payload += frame.payload;
    ++partial_->fragments;
  }
  if (partial_->payload.size() > most_bytes_) {
    return Violation(kWsTooBig, fmt::format("a message over {} bytes", most_bytes_));
  }
  if (!frame.fin) return std::nullopt;
  return Finish();
}

WsReceiver::Judged WsReceiver::TakeClose(WsFrame frame) {
  if (frame.payload.empty()) return WsArrival{frame.op, "", kWsNoCode};
  if (frame.payload.size() == 1) return Violation(kWsProtocolError, "a close code of one byte");
  const int code = static_cast<std::uint8_t>(frame.payload[0]) << 8 |
                   static_cast<std::uint8_t>(frame.payload[1]);
  if (!IsSendableCloseCode(code)) {
    return Violation(kWsProtocolError, fmt::format("the close code {}", code));
  }
  std::string reason = frame.payload.substr(2);
  if (IsBadText(reason)) return Violation(kWsBadText, "a reason that is no UTF-8");
  return WsArrival{frame.op, std::move(reason), code};
}

WsReceiver::Judged WsReceiver::Finish() {
  WsArrival message = std::move(*partial_);
  partial_.reset();
  if (message.compressed) {
    Result<std::string> expanded = inflater_->Expand(message.payload, most_bytes_);
    if (!expanded) {
      const bool too_big = expanded.error().kind == ErrorKind::kUnsupported;
      return Violation(too_big ? kWsTooBig : kWsBadText, expanded.error().message);
    }
    message.payload = std::move(*expanded);
  }
  if (message.op == WsOp::kText && IsBadText(message.payload)) {
    return Violation(kWsBadText, "a text message that is no UTF-8");
  }
  return message;
}

bool IsSendableCloseCode(int code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != kWsNoCode && code != kWsAbnormal;
}

std::string ClosePayload(int code, std::string_view reason) {
  if (code == kWsNoCode) return "";
  std::string payload;
  payload += static_cast<char>(code >> 8 & 0xFF);
  payload += static_cast<char>(code & 0xFF);
  return payload.append(reason);
}

}  // namespace ctestbed

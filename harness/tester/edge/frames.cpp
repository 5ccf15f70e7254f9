#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "base/text.h"
#include "tester/edge/edge_step.h"

namespace ctestbed {
namespace {

constexpr std::array<Field, 13> kFrameFields{{
    {"text", Shape::kAny, "payload of a text frame"},
    {"binary", Shape::kAny, "payload of a binary frame"},
    {"cont", Shape::kAny, "payload of a continuation"},
    {"ping", Shape::kAny, "payload of a ping"},
    {"pong", Shape::kAny, "payload of a pong"},
    {"close", Shape::kAny, "payload of a close frame, its code included"},
    {"op", Shape::kInteger, "any opcode, 0 to 15; its payload is 'hex' or 'payload'"},
    {"raw", Shape::kAny, "bytes that need not be a frame"},
    {"hex", Shape::kText, "payload for 'op'"},
    {"payload", Shape::kAny, "payload for 'op'"},
    {"fin", Shape::kBoolean, "false: more fragments follow"},
    {"mask", Shape::kBoolean, "false: unmasked, which servers must refuse"},
    {"rsv", Shape::kInteger, "reserved bits, 0 to 7"},
}};

struct FrameKind {
  std::string_view key;
  WsOp op;
};
constexpr std::array<FrameKind, 6> kKinds{{{"text", WsOp::kText},
                                           {"binary", WsOp::kBinary},
                                           {"cont", WsOp::kContinuation},
                                           {"ping", WsOp::kPing},
                                           {"pong", WsOp::kPong},
                                           {"close", WsOp::kClose}}};

const FrameKind* FindKind(std::string_view key) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [&](const FrameKind& kind) { return kind.key == key; });
  return found == kKinds.end() ? nullptr : found;
}

bool NamesFrame(const Document::Entry& entry) {
  return FindKind(entry.key.value) != nullptr || entry.key.value == "op" ||
         entry.key.value == "raw";
}

void CheckRange(const Fields& fields, std::string_view key, long most, Diagnostics& problems) {
  const auto number = fields.Integer(key);
  if (!number || *number <= most) return;
  problems.Error(fields.Find(key)->mark, fmt::format("'{}' must be 0 to {}", key, most));
}

void CheckFrame(const Document& map, Diagnostics& problems) {
  const Fields fields(map, "frame", kFrameFields, problems);
  if (!map.IsMap()) return;
  if (std::count_if(map.entries.begin(), map.entries.end(), NamesFrame) != 1) {
    problems.Error(map.mark, "a frame is one of text, binary, cont, ping, pong, close, op, raw");
  }
  const auto hex = fields.Text("hex");
  if (hex && !HasReferences(hex->value)) {
    const Result<std::string> bytes = FromHex(hex->value);
    if (!bytes) problems.Error(hex->mark, bytes.error().message);
  }
  CheckRange(fields, "op", 15, problems);
  CheckRange(fields, "rsv", 7, problems);
  for (const auto& [key, value] : map.entries) {
    const bool holds_bytes = FindKind(key.value) != nullptr || key.value == "raw";
    if (holds_bytes || key.value == "payload") CheckBytes(value, problems);
  }
}

bool IsFalse(const Document& map, std::string_view key) {
  const Document* value = map.Find(key);
  return value != nullptr && value->text == "false";
}

unsigned NumberOf(const Document& value) {
  unsigned number = 0;
  std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
  return number;
}

OrFailure<RawFrame> BuildFrame(const Document& map, const Variables& variables) {
  RawFrame built;
  built.frame.fin = !IsFalse(map, "fin");
  built.masked = !IsFalse(map, "mask");
  if (const Document* rsv = map.Find("rsv")) {
    built.frame.rsv = static_cast<std::uint8_t>(NumberOf(*rsv));
  }
  for (const auto& [key, value] : map.entries) {
    const FrameKind* kind = FindKind(key.value);
    if (kind != nullptr) built.frame.op = kind->op;
    if (key.value == "op") built.frame.op = static_cast<WsOp>(NumberOf(value));
    if (key.value == "hex") {
      const Result<std::string> bytes = FromHex(value.text);
      if (!bytes) return tl::unexpected(Failure{value.mark, bytes.error().message, {}});
      built.frame.payload = *bytes;
    }
    if (kind == nullptr && key.value != "raw" && key.value != "payload") continue;
    OrFailure<Payload> payload = BuildBytes(value, variables);
    if (!payload) return tl::unexpected(payload.error());
    if (key.value == "raw") {
      built.bytes = std::move(payload->bytes);
    } else {
      built.frame.payload = std::move(payload->bytes);
    }
  }
  return built;
}

}  // namespace

void CheckFrames(const Document& frames, Diagnostics& problems) {
  if (frames.IsScalar() && HasReferences(frames.text)) return;
  if (!CheckShape(frames, Shape::kList, "frames", problems)) return;
  for (const Document& frame : frames.items) CheckFrame(frame, problems);
}

OrFailure<std::vector<RawFrame>> BuildFrames(const Document& frames, const Variables& variables) {
  const OrFailure<Document> expanded = ExpandDocument(frames, variables);
  if (!expanded) return tl::unexpected(expanded.error());
  Diagnostics problems;
  CheckFrames(*expanded, problems);
  if (problems.HasErrors()) {
    const Diagnostic first = problems.Sorted().front();
    return tl::unexpected(Failure{first.mark, first.message, {}});
  }
  std::vector<RawFrame> built;
  for (const Document& item : expanded->items) {
    OrFailure<RawFrame> frame = BuildFrame(item, variables);
    if (!frame) return tl::unexpected(frame.error());
    built.push_back(std::move(*frame));
  }
  return built;
}

}  // namespace ctestbed

// Messages as suites write them: payloads to send, patterns to hold messages against.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/edge/client.h"
#include "tester/expectation/failure.h"
#include "tester/expectation/variables.h"

namespace ctestbed {

// How values become payloads and back.
enum class Codec { kText, kBinary, kJson, kMessagePack };

// A payload to be written as it is: a text, or a map of one of these.
inline constexpr std::array<Field, 4> kPayloadFields{{
    {"text", Shape::kText, "a text"},
    {"json", Shape::kAny, "a text of JSON"},
    {"hex", Shape::kText, "bytes: 00 ff 10"},
    {"base64", Shape::kText, "bytes"},
}};

// What a message must be like; keys that begin with '$' are JSONPaths into it.
inline constexpr std::array<Field, 9> kPatternFields{{
    {"text", Shape::kAny, "the text: a literal or operators"},
    {"json", Shape::kAny, "JSONPaths and what they find, or the whole value"},
    {"hex", Shape::kAny, "the bytes: 00 ff 10, or operators on that text"},
    {"base64", Shape::kText, "the bytes"},
    {"size", Shape::kAny, "its length in bytes: a number or operators"},
    {"compressed", Shape::kBoolean, "whether it was sent compressed"},
    {"fragments", Shape::kAny, "frames that made it up: a number or operators"},
    {"within", Shape::kDuration, "how long to wait for it"},
    {"save", Shape::kMap, "variables to set from it: name to JSONPath"},
}};

struct Payload {
  WsOp op = WsOp::kText;
  std::string bytes;
};

// With kJson and kMessagePack the document is the value that is sent, whatever it is; else a text,
// or a map of kPayloadFields.
void CheckPayload(const Document& payload, Codec codec, Diagnostics& problems);
OrFailure<Payload> BuildPayload(const Document& payload, Codec codec, const Variables& variables);
// A value as a payload.
Payload Encoded(const Json& value, Codec codec);
// kInvalid when the message is no such value.
Result<Json> Decoded(const Traffic& message, Codec codec);

// Bytes of a text, or of a map of kPayloadFields, whatever the codec.
void CheckBytes(const Document& bytes, Diagnostics& problems);
OrFailure<Payload> BuildBytes(const Document& bytes, const Variables& variables);

void CheckPattern(const Document& pattern, Diagnostics& problems);
// What of `pattern`, which CheckPattern accepted, does not hold; empty when all does. `asserts`
// counts what was looked at.
std::vector<Failure> MatchPattern(const Document& pattern, const Traffic& message, Codec codec,
                                  const Variables& variables, int* asserts = nullptr);
// Sets what `save`, a map of names and JSONPaths, takes from the message.
std::vector<Failure> SaveFromMessage(const Document& save, const Traffic& message, Codec codec,
                                     Variables& variables);
void CheckSave(const Document& save, Diagnostics& problems);

// The first failure to expand anything in `document`, if there is one.
std::optional<Failure> Undefined(const Document& document, const Variables& variables);
// From the first to the last thing in `document` on its first line.
SourceMark MarkOfAll(const Document& document);

}  // namespace ctestbed

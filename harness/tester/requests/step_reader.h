// Reads requests of suites.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

// What holds for all requests of a suite, for the tables of testers.
inline constexpr std::array<Field, 4> kHttpSettingsFields{{
    {"base", Shape::kText, "URL that paths are appended to: ${services.api.url}"},
    {"headers", Shape::kTextMap, "headers of every request"},
    {"http", Shape::kText, "version that must be spoken: 1.1 or 2; default: what is preferred"},
    {"tls", Shape::kMap, "files beside the suite: ca, cert and key"},
}};

// The keys that stand beside a request.
inline constexpr std::array<Field, 4> kHttpStepFields{{
    {"expect", Shape::kMap, "what the answer must be like"},
    {"save", Shape::kMap, "values to keep for later steps: name to JSONPath, or to a source"},
    {"until", Shape::kMap, "repeat the request until all that is expected holds"},
    {"parallel", Shape::kInteger, "send it so many times at once; all must be as expected"},
}};

HttpSettings ReadHttpSettings(const Fields& fields, Diagnostics& problems);

// Whether `entry` is a request: its key is a word in capitals, alone or before a blank.
bool IsRequest(const Document::Entry& entry);

// Reads a map of one request and the keys beside it. A path needs the `base` of `settings`.
HttpStep ReadHttpStep(const Document& map, const HttpSettings& settings, Diagnostics& problems);

// The bytes [from, to) that "0..4" or "8.." names.
struct ByteRange {
  size_t from = 0;
  size_t to = 0;
};
std::optional<ByteRange> RangeOf(std::string_view text);

}  // namespace ctestbed

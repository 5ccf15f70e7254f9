// Reads requests of suites.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/requests/expect_reader.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

extern const Inside kHttpTls;
extern const Inside kHttpVersion;
extern const Inside kHttpUntil;
extern const Inside kHttpSaves;
inline constexpr Inside kHttpParallel{.least = 1, .most = 256};

// A request in a step or test, and what its key looks like.
extern const Field kHttpRequest;
inline constexpr std::string_view kHttpRequestKeys = "^[A-Z]+( .*)?$";

// What holds for all requests of a suite, for the tables of testers.
inline constexpr std::array<Field, 4> kHttpSettingsFields{{
    {"base", Shape::kText, "URL that paths are appended to: ${services.api.url}"},
    {"headers", Shape::kTextMap, "headers of every request"},
    {"http", Shape::kText, "version that must be spoken: 1.1 or 2; default: what is preferred",
     false, &kHttpVersion},
    {"tls", Shape::kMap, "files beside the suite: ca, cert and key", false, &kHttpTls},
}};

// The keys that stand beside a request.
inline constexpr std::array<Field, 4> kHttpStepFields{{
    {"expect", Shape::kMap, "what the answer must be like", false, &kHttpExpect},
    {"save", Shape::kMap, "values to keep for later steps: name to JSONPath, or to a source", false,
     &kHttpSaves},
    {"until", Shape::kMap, "repeat the request until all that is expected holds", false,
     &kHttpUntil},
    {"parallel", Shape::kInteger, "send it so many times at once; all must be as expected", false,
     &kHttpParallel},
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

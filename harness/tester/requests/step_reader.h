// Reads requests of suites.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

// What holds for all requests of a suite, for the tables of testers.
inline constexpr std::array<Field, 2> kHttpSettingsFields{{
    {"base", Shape::kText, "URL that paths are appended to: ${services.api.url}"},
    {"headers", Shape::kTextMap, "headers of every request"},
}};

// The keys that stand beside a request.
inline constexpr std::array<Field, 3> kHttpStepFields{{
    {"expect", Shape::kMap, "what the answer must be like"},
    {"save", Shape::kMap, "values to keep for later steps: name to JSONPath, or to a source"},
    {"until", Shape::kMap, "repeat the request until all that is expected holds"},
}};

HttpSettings ReadHttpSettings(const Fields& fields);

// Whether `entry` is a request: its key is a word in capitals, alone or before a blank.
bool IsRequest(const Document::Entry& entry);

// Reads a map of one request and the keys beside it. A path needs the `base` of `settings`.
HttpStep ReadHttpStep(const Document& map, const HttpSettings& settings, Diagnostics& problems);

}  // namespace ctestbed

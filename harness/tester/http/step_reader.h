// Reads the steps of an http suite.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/http/suite.h"

namespace ctestbed {

// A copy of `map` with those entries only whose keys `keep` accepts.
template <typename Keep>
Document OnlyEntries(const Document& map, const Keep& keep) {
  Document part = map;
  std::erase_if(part.entries, [&](const Document::Entry& entry) { return !keep(entry); });
  return part;
}

// Whether `entry` is a request: its key is a word in capitals, alone or before a blank.
bool IsRequest(const Document::Entry& entry);

// The keys that stand beside a request.
std::span<const Field> HttpStepFields();

// Reads the one request of `map` into a step; `rest` are its fields beside the request.
HttpStep ReadHttpStep(const Document& map, const Fields& rest, Diagnostics& problems);
// A list of maps with one request each.
std::vector<HttpStep> ReadHttpSteps(const Document& list, Diagnostics& problems);

}  // namespace ctestbed

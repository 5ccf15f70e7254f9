// Reads what a request expects of its answer.
#pragma once

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

// The keys of `expect`.
extern const Inside kHttpExpect;

// A code, a class such as 2xx, a list of them, or operators.
void CheckStatus(const Document& status, Diagnostics& problems);
void CheckStatusPattern(const Located<std::string>& pattern, Diagnostics& problems);

// Adds what `map` says to `expect`, which may hold a status.
void ReadExpect(const Document& map, HttpExpect& expect, Diagnostics& problems);

}  // namespace ctestbed

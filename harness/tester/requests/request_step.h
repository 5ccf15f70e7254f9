// A request as a step of a suite: sends it, holds the answer against what is expected, saves from
// it, and renders what failed.
#pragma once

#include <memory>

#include "base/diagnostic.h"
#include "base/document.h"
#include "tester/requests/http_step.h"
#include "tester/steps/step.h"

namespace ctestbed {

// Reads a map of one request, such as {POST /orders: {json: ...}, expect: ..., save: ...}; null
// when `map` is none. `settings` are those of the suite.
std::shared_ptr<SuiteStep> ReadRequestStep(const Document& map,
                                           std::shared_ptr<const HttpSettings> settings,
                                           Diagnostics& problems);

}  // namespace ctestbed

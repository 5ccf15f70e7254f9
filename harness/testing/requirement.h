// What tests need beyond this machine's compiler: engines and servers that somebody has to start.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace ctestbed {

// The value of an environment variable, empty when it is not set.
inline std::string TestVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Whether `ci/test --require` named `what`: a test that has to do without it fails then, and is
// skipped otherwise.
inline bool IsRequired(std::string_view what) {
  const std::vector<std::string> required = Split(TestVariable("CTESTBED_REQUIRE"), ',');
  return std::find(required.begin(), required.end(), what) != required.end();
}

}  // namespace ctestbed

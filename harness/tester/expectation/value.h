// What an expectation is held against.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"

namespace ctestbed {

enum class ValueKind {
  kJson,  // a typed value
  kText,  // a header, a body
  kTime,  // a span of time, in milliseconds
};

struct Actual {
  ValueKind kind = ValueKind::kJson;
  std::optional<Json> value;
  std::string absence;   // why nothing was found; empty when something was
  bool several = false;  // the value is the list of all that was found

  static Actual Text(std::string text) { return {ValueKind::kText, Json(std::move(text)), {}}; }
};

}  // namespace ctestbed

// `${...}` references inside texts of presets and suites. `$${` stands for a literal `${`.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ctestbed {

// A text cut at its references: literal pieces and the names between `${` and `}`.
struct TextPiece {
  bool is_reference = false;
  std::string text;   // the literal, or the reference's name without `${` and `}`
  size_t offset = 0;  // byte offset in the whole text, for carets
  size_t length = 0;

  bool operator==(const TextPiece&) const = default;
};

// kInvalid when a `${` is not closed or names nothing.
Result<std::vector<TextPiece>> ParseReferences(std::string_view text);

// Gives the value of a name, or nothing when it is undefined.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

// Looks names up in a map of its own.
Lookup LookupIn(std::map<std::string, std::string> values);

// `text` with every reference replaced; kNotFound names the first undefined one. Values are
// inserted as they are: never parsed again, never seen by a shell.
Result<std::string> Expand(std::string_view text, const Lookup& lookup);

}  // namespace ctestbed

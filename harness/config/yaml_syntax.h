// Where a scalar stands in its text, and how the YAML library's complaints read in our words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ctestbed {

// Bytes that the scalar at `pos` takes as written, quotes included, up to the end of its line; of a
// block scalar its header. `value` is its content. 0 when a quoted scalar is never closed.
int ScalarLength(std::string_view source, size_t pos, std::string_view value);

// Whether a quoted or block scalar begins at `pos`.
bool IsQuotedAt(std::string_view source, size_t pos);

// Whether a null is written out (`~`, `null`) at `pos`; it can also be an absent value.
bool IsNullWordAt(std::string_view source, size_t pos);

// Offset of the first control character that YAML 1.2 section 5.1 forbids, or npos. A lone
// carriage return counts: the library does not take it for a line break.
size_t FindControlCharacter(std::string_view source);

struct SyntaxComplaint {
  size_t pos;
  std::string message;
  std::string hint;
};

// What the library said about `pos`, for users.
SyntaxComplaint TranslateComplaint(std::string_view source, size_t pos, std::string_view complaint);

}  // namespace ctestbed

// Base 64 (RFC 4648 section 4, with padding) and hexadecimal texts of bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

std::string Base64(std::string_view bytes);
// kInvalid unless `text` is what Base64 gives; blanks and line breaks are passed over.
Result<std::string> FromBase64(std::string_view text);

// "00 ff 10": pairs of lower-case digits with blanks between.
std::string HexText(std::string_view bytes);
// Pairs of digits, of either case, with or without blanks between the pairs.
Result<std::string> FromHex(std::string_view text);

}  // namespace ctestbed

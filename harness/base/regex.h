// Regular expressions that users write (RE2: linear time, no look-around).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

// kInvalid says what is wrong with `pattern`.
Status CheckRegex(std::string_view pattern);
// What the first group of `pattern` caught in `text`, or all of the match where it has no group;
// kNotFound when nothing matches.
Result<std::string> FindRegex(std::string_view pattern, std::string_view text);
// Whether `pattern` matches somewhere in `text`; kInvalid as above.
Result<bool> RegexMatches(std::string_view pattern, std::string_view text);

}  // namespace ctestbed

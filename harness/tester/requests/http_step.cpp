#include "tester/requests/http_step.h"

namespace ctestbed {

bool IsStatusPattern(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 3 || text[0] < '1' || text[0] > '5') return false;
  return text.substr(1) == "xx" || (digit(text[1]) && digit(text[2]));
}

bool StatusFits(std::string_view pattern, int status) {
  const std::string code = std::to_string(status);
  return IsStatusPattern(pattern) &&
         (pattern.ends_with("xx") ? pattern[0] == code[0] && code.size() == 3 : pattern == code);
}

}  // namespace ctestbed

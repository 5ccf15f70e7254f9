#include "tester/requests/http_step.h"

#include <fmt/format.h>

namespace ctestbed {
namespace {

std::optional<unsigned> DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

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

std::optional<std::string> BytesOfHex(std::string_view text) {
  std::string bytes;
  std::optional<unsigned> first;
  for (const char c : text) {
    if (c == ' ' && !first) continue;
    const std::optional<unsigned> digit = DigitOf(c);
    if (!digit) return std::nullopt;
    if (first) bytes += static_cast<char>(*first * 16 + *digit);
    first = first ? std::nullopt : digit;
  }
  if (first) return std::nullopt;
  return bytes;
}

std::string HexOfBytes(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : " ", static_cast<unsigned char>(c));
  }
  return text;
}

std::string PathBeside(const std::string& name, const SourceMark& mark) {
  const size_t slash = mark.file.rfind('/');
  if (name.starts_with('/') || slash == std::string::npos) return name;
  return mark.file.substr(0, slash + 1) + name;
}

}  // namespace ctestbed

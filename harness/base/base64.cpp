#include "base/base64.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBlanks = " \t\r\n";

unsigned ByteAt(std::string_view bytes, size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
}

std::string WithoutBlanks(std::string_view text) {
  std::string rest(text);
  std::erase_if(rest, [](char c) { return kBlanks.find(c) != std::string_view::npos; });
  return rest;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Base64(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned group =
        ByteAt(bytes, i) << 16U | ByteAt(bytes, i + 1) << 8U | ByteAt(bytes, i + 2);
    for (unsigned digit = 0; digit < 4; ++digit) {
      const bool is_padding = i + digit > bytes.size();
      text += is_padding ? '=' : kAlphabet[group >> (18U - 6U * digit) & 63U];
    }
  }
  return text;
}

Result<std::string> FromBase64(std::string_view text) {
  std::string digits = WithoutBlanks(text);
  const size_t size = digits.size();
  while (digits.ends_with('=') && size - digits.size() < 2) digits.pop_back();
  std::string bytes;
  unsigned group = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const size_t value = kAlphabet.find(digits[i]);
    if (value == std::string_view::npos) break;
    group = group << 6U | static_cast<unsigned>(value);
    const size_t bits = i % 4 * 2;  // of the group's next byte that are still to come
    if (bits > 0) bytes += static_cast<char>(group >> (6 - bits) & 255U);
  }
  // Also refuses what encodes no byte, and bits that encoding leaves zero but are not.
  if (size % 4 == 0 && Base64(bytes) == WithoutBlanks(text)) return bytes;
  return Fail(ErrorKind::kInvalid, fmt::format("{} is no base64", Quote(text)));
}

std::string HexText(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : " ", static_cast<unsigned char>(c));
  }
  return text;
}

Result<std::string> FromHex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    while (i < text.size() && kBlanks.find(text[i]) != std::string_view::npos) ++i;
    if (i == text.size()) break;
    const int high = HexDigit(text[i]);
    const int low = i + 1 < text.size() ? HexDigit(text[i + 1]) : -1;
    if (high < 0 || low < 0) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("{} is no hexadecimal text: expected pairs of digits such as '00 ff'",
                              Quote(text)));
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace ctestbed

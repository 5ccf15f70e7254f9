#include "report/html/values.h"

#include <fmt/format.h>

#include <cctype>

#include "base/text.h"

namespace ctestbed {
namespace {

// Without "select graphic rendition" (ECMA-48, 8.3.117): ESC [ digits and semicolons, m.
std::string WithoutColours(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\x1b[") {
      const size_t end = text.find_first_not_of("0123456789;", i + 2);
      if (end != std::string_view::npos && text[end] == 'm') {
        i = end;
        continue;
      }
    }
    if (text.substr(i, 2) == "\r\n") continue;
    plain += text[i];
  }
  return plain;
}

}  // namespace

std::string Shown(std::string_view text) {
  return Visible(WithoutColours(text));
}

Values Text(std::string_view text) {
  if (text.empty()) return false;
  return Shown(text);
}

Values Markup(const std::string& markup) {
  if (markup.empty()) return false;
  return markup;
}

Values Time(Duration duration) {
  return FormatDuration(duration);
}

Values MakeValues(std::initializer_list<std::pair<const char*, Values>> members) {
  Values fields;
  for (const auto& [name, value] : members) fields.set(name, value);
  return fields;
}

std::string LinkTo(std::string_view path) {
  std::string link = ".";
  for (const std::string& part : Split(path, '/')) {
    if (part.empty() || part == "." || part == "..") continue;
    link += '/';
    for (const char c : part) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain =
          byte < 0x80 && (std::isalnum(byte) != 0 || c == '.' || c == '-' || c == '_');
      link += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned>(byte));
    }
  }
  return link;
}

}  // namespace ctestbed

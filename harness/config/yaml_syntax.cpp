#include "config/yaml_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::string_view kTab = "indentation must be spaces, not a tab";
constexpr std::string_view kIndentation = "check the indentation of this line and those above";
constexpr std::string_view kOpenQuote = "this quoted text is never closed";

struct Translation {
  std::string_view complaint;  // how the library's message begins
  std::string_view message;
  std::string_view hint;
};

constexpr std::array kTranslations{
    Translation{"illegal tab", kTab, "replace it by spaces"},
    Translation{"illegal map value", "unexpected ':'",
                "quote a text that holds ': ', or check the indentation"},
    Translation{"illegal map key", "unexpected key", kIndentation},
    Translation{"illegal block entry", "unexpected '-'", kIndentation},
    Translation{"end of map not found", "this does not continue the map above", kIndentation},
    Translation{"end of sequence not found", "this does not continue the list above", kIndentation},
    Translation{"end of map flow", "'{' is not closed by '}' before this", ""},
    Translation{"end of sequence flow", "'[' is not closed by ']' before this", ""},
    Translation{"illegal flow end", "unexpected closing bracket", ""},
    Translation{"illegal document indicator", kOpenQuote, ""},
    Translation{"illegal EOF", kOpenQuote, ""},
    Translation{"bad character found", "bad hexadecimal digits in an escape",
                "use single quotes for a text that holds '\\'"},
    Translation{"invalid unicode", "escape of a character that does not exist", ""},
    Translation{"unexpected character in block", "unexpected text after '|' or '>'",
                "begin the text on the next line"},
    Translation{"the referenced anchor", "aliases are not supported", "repeat the value here"},
    Translation{"alias not found", "aliases are not supported",
                "quote a text that begins with '*'"},
    Translation{"anchor not found", "anchors are not supported",
                "quote a text that begins with '&'"},
    Translation{"cannot assign multiple", "more than one tag or anchor on a value", ""},
    Translation{"bad file", "nested too deeply", ""},
};

std::string_view RestOfLine(std::string_view source, size_t pos) {
  const std::string_view rest = source.substr(std::min(pos, source.size()));
  return rest.substr(0, rest.find_first_of("\r\n"));
}

// Bytes from the quote at the beginning of `text` to its partner; npos when there is none.
size_t QuotedLength(std::string_view text) {
  const char quote = text.front();
  for (size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || text.substr(i + 1, 1) != "'") return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

// Offset of a tab in the indentation of the line that `pos` is on, or npos.
size_t TabInIndentation(std::string_view source, size_t pos) {
  const size_t line_end = source.rfind('\n', pos == 0 ? 0 : pos - 1);
  const size_t start = pos == 0 || line_end == std::string_view::npos ? 0 : line_end + 1;
  const size_t first = source.find_first_not_of(' ', start);
  return first != std::string_view::npos && source[first] == '\t' ? first : std::string_view::npos;
}

// The character at `pos`, all bytes of it.
std::string_view CharacterAt(std::string_view source, size_t pos) {
  size_t end = pos + 1;
  while (end < source.size() && (static_cast<unsigned char>(source[end]) & 0xC0U) == 0x80U) ++end;
  return source.substr(pos, end - pos);
}

}  // namespace

int ScalarLength(std::string_view source, size_t pos, std::string_view value) {
  // No look beyond what is needed: a line may be as long as the file, and hold as many scalars.
  constexpr size_t kWidest = 1000;
  if (source.substr(pos).starts_with('"') || source.substr(pos).starts_with('\'')) {
    const size_t length = QuotedLength(source.substr(pos));
    if (length == std::string_view::npos) return 0;
    return static_cast<int>(Trim(RestOfLine(source.substr(0, pos + length), pos)).size());
  }
  const std::string_view line = Trim(RestOfLine(source.substr(0, pos + kWidest), pos));
  if (line.empty()) return 1;
  if (line.front() == '|' || line.front() == '>') {
    return static_cast<int>(std::min(line.find(' '), line.size()));
  }
  return static_cast<int>(line.starts_with(value) && !value.empty() ? value.size() : line.size());
}

bool IsQuotedAt(std::string_view source, size_t pos) {
  return pos < source.size() &&
         std::string_view("\"'|>").find(source[pos]) != std::string_view::npos;
}

bool IsNullWordAt(std::string_view source, size_t pos) {
  constexpr size_t kLongestWord = 5;  // with what ends it
  const std::string_view line = RestOfLine(source.substr(0, pos + kLongestWord), pos);
  const std::string_view word = line.substr(0, line.find_first_of(" \t,]}:"));
  return word == "~" || word == "null" || word == "Null" || word == "NULL";
}

size_t FindControlCharacter(std::string_view source) {
  for (size_t i = 0; i < source.size(); ++i) {
    const auto byte = static_cast<unsigned char>(source[i]);
    const bool line_break = byte == '\n' || (byte == '\r' && source.substr(i + 1, 1) == "\n");
    if ((byte < 0x20 && byte != '\t' && !line_break) || byte == 0x7F) return i;
  }
  return std::string_view::npos;
}

SyntaxComplaint TranslateComplaint(std::string_view source, size_t pos,
                                   std::string_view complaint) {
  pos = std::min(pos, source.size());
  if (const size_t tab = TabInIndentation(source, pos); tab != std::string_view::npos) {
    return {tab, std::string(kTab), "replace it by spaces"};
  }
  for (const Translation& known : kTranslations) {
    if (complaint.starts_with(known.complaint)) {
      return {pos, std::string(known.message), std::string(known.hint)};
    }
  }
  if (complaint.starts_with("unknown escape")) {
    return {pos, fmt::format("unknown escape '\\{}'", complaint.back()),
            "use single quotes for a text that holds '\\'"};
  }
  if (complaint == "unknown token" && pos < source.size()) {
    const std::string_view character = CharacterAt(source, pos);
    return {pos, fmt::format("unexpected {}", Quote(character)),
            fmt::format("quote a text that begins with {}", Quote(character))};
  }
  return {pos, fmt::format("not YAML: {}", complaint), ""};
}

}  // namespace ctestbed

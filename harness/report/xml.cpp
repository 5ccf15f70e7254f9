#include "report/xml.h"

#include "base/text.h"

namespace ctestbed {
namespace {

// What a parser would make of line ends anyway (section 2.11); so that no \r is spelled out.
std::string WithPlainLineEnds(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    plain += text[i];
  }
  return plain;
}

// U+FFFE and U+FFFF are valid UTF-8 but no characters of XML (section 2.2).
bool IsNonCharacter(std::string_view text) {
  return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
}

std::string_view Escaped(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return {};
  }
}

}  // namespace

std::string XmlText(std::string_view text) {
  const std::string shown = Visible(WithPlainLineEnds(text));
  std::string xml;
  xml.reserve(shown.size());
  for (size_t i = 0; i < shown.size(); ++i) {
    const std::string_view escaped = Escaped(shown[i]);
    if (shown[i] == '\xEF' && IsNonCharacter(std::string_view(shown).substr(i))) {
      xml += "\xEF\xBF\xBD";
      i += 2;
    } else if (escaped.empty()) {
      xml += shown[i];
    } else {
      xml += escaped;
    }
  }
  return xml;
}

std::string XmlAttribute(std::string_view text) {
  std::string xml;
  for (const char c : XmlText(text)) {
    if (c == '\n') {
      xml += "&#10;";
    } else if (c == '\t') {
      xml += "&#9;";
    } else {
      xml += c;
    }
  }
  return xml;
}

}  // namespace ctestbed

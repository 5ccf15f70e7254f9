#include "base/reference.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ctestbed {
namespace {

// `text` stands for the bytes from `offset` to `end`.
void AppendLiteral(std::vector<TextPiece>& pieces, std::string_view text, size_t offset,
                   size_t end) {
  if (text.empty()) return;
  if (pieces.empty() || pieces.back().is_reference) pieces.push_back({false, "", offset, 0});
  pieces.back().text += text;
  pieces.back().length = end - pieces.back().offset;
}

}  // namespace

Result<std::vector<TextPiece>> ParseReferences(std::string_view text) {
  std::vector<TextPiece> pieces;
  size_t at = 0;
  while (at < text.size()) {
    const size_t open = text.find("${", at);
    if (open == std::string_view::npos) break;
    if (open > at && text[open - 1] == '$') {
      AppendLiteral(pieces, text.substr(at, open - 1 - at), at, open - 1);
      AppendLiteral(pieces, "${", open - 1, open + 2);
      at = open + 2;
      continue;
    }
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("reference in {} is not closed by '}}'", Quote(text)));
    }
    AppendLiteral(pieces, text.substr(at, open - at), at, open);
    const std::string_view name = text.substr(open + 2, close - open - 2);
    if (Trim(name).empty()) {
      return Fail(ErrorKind::kInvalid, fmt::format("reference in {} names nothing", Quote(text)));
    }
    pieces.push_back({true, std::string(name), open, close + 1 - open});
    at = close + 1;
  }
  if (at < text.size()) AppendLiteral(pieces, text.substr(at), at, text.size());
  return pieces;
}

Lookup LookupIn(std::map<std::string, std::string> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto value = values.find(std::string(name));
    return value == values.end() ? std::nullopt : std::optional(value->second);
  };
}

Result<std::string> Expand(std::string_view text, const Lookup& lookup) {
  TRY(const auto pieces, ParseReferences(text));
  std::string expanded;
  for (const TextPiece& piece : pieces) {
    if (!piece.is_reference) {
      expanded += piece.text;
      continue;
    }
    const std::optional<std::string> value = lookup(piece.text);
    if (!value) {
      return Fail(ErrorKind::kNotFound,
                  fmt::format("undefined reference {}", Quote("${" + piece.text + "}")));
    }
    expanded += *value;
  }
  return expanded;
}

}  // namespace ctestbed

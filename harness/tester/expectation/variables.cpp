#include "tester/expectation/variables.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/reference.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr size_t kMostShown = 200;

SourceMark MarkOf(const TextPiece& piece, const Located<std::string>& text) {
  return PartOf(text.mark, text.value.size(), piece.offset, piece.length);
}

Failure Undefined(const TextPiece& piece, const Located<std::string>& text) {
  return {MarkOf(piece, text), fmt::format("undefined variable '{}'", piece.text), {}};
}

bool IsNumber(std::string_view text) {
  const bool starts = !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
  if (!starts) return false;
  const Result<Json> parsed = ParseJson(text);
  return parsed.has_value() && parsed->is_number();
}

OrFailure<Document> ExpandScalar(const Document& scalar, const Variables& variables) {
  if (!HasReferences(scalar.text)) return scalar;
  const Located<std::string> text{scalar.text, scalar.mark};
  const auto pieces = ParseReferences(text.value);
  if (pieces && pieces->size() == 1 && pieces->front().is_reference) {
    const Json* value = variables.Find(pieces->front().text);
    if (value == nullptr) return tl::unexpected(Undefined(pieces->front(), text));
    return DocumentOf(*value, scalar.mark);
  }
  OrFailure<std::string> expanded = ExpandText(text, variables);
  if (!expanded) return tl::unexpected(expanded.error());
  return DocumentOf(Json(std::move(*expanded)), scalar.mark);
}

}  // namespace

void Variables::Set(const std::string& name, Json value) {
  if (hidden_.contains(name)) HideValue(value);
  values_[name] = std::move(value);
}

const Json* Variables::Find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

void Variables::Hide(const std::string& name) {
  hidden_.insert(name);
  if (const Json* value = Find(name); value != nullptr) HideValue(*value);
}

void Variables::HideValue(const Json& value) {
  if (value.is_structured()) {
    for (const Json& part : value) HideValue(part);
    return;
  }
  const std::string text = TextOf(value);
  if (text.empty() || value.is_null()) return;
  mask_.Hide(text);
}

std::string Variables::Mask(std::string_view text) const {
  return mask_(text);
}

std::string Variables::Show(const Json& value) const {
  return OneLine(Shortened(Mask(DumpJson(value)), kMostShown));
}

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

Json JsonOf(const Document& document) {
  if (document.IsNull()) return nullptr;
  if (document.IsList()) {
    Json list = Json::array();
    for (const Document& item : document.items) list.push_back(JsonOf(item));
    return list;
  }
  if (document.IsMap()) {
    Json object = Json::object();
    for (const auto& [key, value] : document.entries) object[key.value] = JsonOf(value);
    return object;
  }
  if (document.quoted) return document.text;
  if (document.text == "true" || document.text == "false") return document.text == "true";
  if (document.text == "null") return nullptr;
  return IsNumber(document.text) ? *ParseJson(document.text) : Json(document.text);
}

Document DocumentOf(const Json& value, const SourceMark& mark) {
  Document document;
  document.mark = mark;
  if (value.is_array()) {
    document.kind = Document::Kind::kList;
    for (const Json& item : value) document.items.push_back(DocumentOf(item, mark));
  } else if (value.is_object()) {
    document.kind = Document::Kind::kMap;
    document.quoted = true;
    for (const auto& [key, member] : value.items()) {
      document.entries.push_back({{key, mark}, DocumentOf(member, mark)});
    }
  } else if (!value.is_null()) {
    document.kind = Document::Kind::kScalar;
    document.text = TextOf(value);
    document.quoted = value.is_string();
  }
  return document;
}

OrFailure<std::string> ExpandText(const Located<std::string>& text, const Variables& variables) {
  const auto pieces = ParseReferences(text.value);
  if (!pieces) return tl::unexpected(Failure{text.mark, pieces.error().message, {}});
  std::string expanded;
  for (const TextPiece& piece : *pieces) {
    if (!piece.is_reference) {
      expanded += piece.text;
      continue;
    }
    const Json* value = variables.Find(piece.text);
    if (value == nullptr) return tl::unexpected(Undefined(piece, text));
    expanded += TextOf(*value);
  }
  return expanded;
}

OrFailure<Document> ExpandDocument(const Document& document, const Variables& variables) {
  if (document.IsScalar()) return ExpandScalar(document, variables);
  Document expanded = document;
  for (Document& item : expanded.items) {
    OrFailure<Document> value = ExpandDocument(item, variables);
    if (!value) return value;
    item = std::move(*value);
  }
  for (Document::Entry& entry : expanded.entries) {
    OrFailure<std::string> key = ExpandText(entry.key, variables);
    if (!key) return tl::unexpected(key.error());
    entry.key.value = std::move(*key);
    OrFailure<Document> value = ExpandDocument(entry.value, variables);
    if (!value) return value;
    entry.value = std::move(*value);
  }
  return expanded;
}

void VisitReferences(const Document& document, const ReferenceVisitor& visit) {
  const auto scan = [&](const Located<std::string>& text) {
    const auto pieces = ParseReferences(text.value);
    if (!pieces) return visit(tl::unexpected(pieces.error()), text.mark);
    for (const TextPiece& piece : *pieces) {
      if (piece.is_reference) visit(piece.text, MarkOf(piece, text));
    }
  };
  if (document.IsScalar()) scan({document.text, document.mark});
  for (const Document& item : document.items) VisitReferences(item, visit);
  for (const Document::Entry& entry : document.entries) {
    scan(entry.key);
    VisitReferences(entry.value, visit);
  }
}

bool HasReferences(std::string_view text) {
  return text.find("${") != std::string_view::npos;
}

}  // namespace ctestbed

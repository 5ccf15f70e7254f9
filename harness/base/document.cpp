#include "base/document.h"

#include <tuple>

#include "base/text.h"

namespace ctestbed {
namespace {

// All of them: a binding that leaves one out does not compile.
auto Members(const Document& document) {
  const auto& [kind, text, quoted, mark, items, entries] = document;
  return std::tie(kind, text, quoted, mark, items, entries);
}

}  // namespace

const Document* Document::Find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key.value == key) return &entry.value;
  }
  return nullptr;
}

// Defaulted, it makes clang 14 crash: a Document has lists of itself.
bool Document::operator==(const Document& other) const {
  return Members(*this) == Members(other);
}

std::string Describe(const Document& document) {
  switch (document.kind) {
    case Document::Kind::kMap:
      return "a map";
    case Document::Kind::kList:
      return "a list";
    case Document::Kind::kScalar:
      return document.quoted ? "the text " + Quote(document.text) : Quote(document.text);
    case Document::Kind::kNull:
      break;
  }
  return "nothing";
}

}  // namespace ctestbed

#include "base/document.h"

#include "base/text.h"

namespace ctestbed {

const Document* Document::Find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key.value == key) return &entry.value;
  }
  return nullptr;
}

bool Document::operator==(const Document&) const = default;

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

// A YAML text as a tree of located values. config/ makes it; whoever knows the meaning of a part
// (presets, suites, a probe, a tester) reads it with Fields (base/fields.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/source_mark.h"

namespace ctestbed {

struct Document {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  std::string text;     // of a scalar, exactly as written (no typing: `no` and `012` are text)
  bool quoted = false;  // a quoted or block scalar: always text, never a number or null
  SourceMark mark;
  std::vector<Document> items;  // of a list
  std::vector<Entry> entries;   // of a map, in file order, keys unique

  bool IsNull() const { return kind == Kind::kNull; }
  bool IsScalar() const { return kind == Kind::kScalar; }
  bool IsList() const { return kind == Kind::kList; }
  bool IsMap() const { return kind == Kind::kMap; }

  // The value of `key` in a map; null when absent or when this is no map.
  const Document* Find(std::string_view key) const;

  // Compares the content; marks count too.
  bool operator==(const Document&) const;
};

struct Document::Entry {
  Located<std::string> key;
  Document value;

  bool operator==(const Entry&) const = default;
};

// "a map", "a list", "'x'", "the text 'x'" (quoted), "nothing": what stands there, for messages.
std::string Describe(const Document& document);

}  // namespace ctestbed

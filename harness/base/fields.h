// Strict reading of one map of a Document by a table of its fields. The table is the only place
// that says which keys exist, so reader, help and schema cannot disagree.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/duration.h"

namespace ctestbed {

enum class Shape {
  kText,        // any scalar, taken literally
  kName,        // a scalar that is a name (base/text.h: IsName)
  kInteger,     // 0, 3, 8080; no octal, no sign
  kBoolean,     // true or false
  kDuration,    // 150ms, 5s
  kList,        // a list of anything
  kTextList,    // a list of scalars
  kTextOrList,  // one scalar or a list of scalars
  kMap,         // a map of anything
  kTextMap,     // a map of scalars
  kAny,
};

struct Field {
  std::string_view key;
  Shape shape;
  std::string_view help;  // one line
  bool required = false;
};

class Fields {
 public:
  // Reports to `problems`: that `map` is no map, unknown keys (with the nearest known one), missing
  // required ones (at the map's own mark), values of the wrong shape. `what` names the map in
  // messages: "node". `map` and `problems` must outlive this.
  Fields(const Document& map, std::string_view what, std::span<const Field> table,
         Diagnostics& problems);

  // The value of a key of the table if it is there and of the right shape, else null.
  const Document* Find(std::string_view key) const;
  bool Has(std::string_view key) const { return Find(key) != nullptr; }

  // Typed values; empty where the key is absent or was refused.
  std::optional<Located<std::string>> Text(std::string_view key) const;
  std::optional<long> Integer(std::string_view key) const;
  std::optional<bool> Boolean(std::string_view key) const;
  std::optional<Duration> Time(std::string_view key) const;
  // Of kTextList and kTextOrList.
  std::optional<std::vector<Located<std::string>>> Texts(std::string_view key) const;
  // Of kTextMap, in file order.
  std::vector<std::pair<Located<std::string>, Located<std::string>>> TextMap(
      std::string_view key) const;

 private:
  const Document& map_;
  std::vector<std::pair<std::string_view, const Document*>> accepted_;
};

// Whether `value` has `shape`; reports what was expected if not. `key` names it in the message.
bool CheckShape(const Document& value, Shape shape, std::string_view key, Diagnostics& problems);

}  // namespace ctestbed

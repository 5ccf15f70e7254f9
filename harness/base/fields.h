// Strict reading of one map of a Document by a table of its fields. The table is the only place
// that says which keys exist, so reader, help and schema cannot disagree.
#pragma once

#include <limits>
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

struct Inside;

struct Field {
  std::string_view key;
  Shape shape;
  std::string_view help;  // one line
  bool required = false;
  const Inside* inside = nullptr;  // what there is to say beyond the shape; outlives all readers
};

// What a value may hold, as far as its shape leaves it open. Fields holds values against `words`,
// `least` and `most`; the rest is for who reads the inner value, and for help and schema.
struct Inside {
  std::string_view name = {};          // of this kind of value, where it occurs again
  std::span<const Field> fields = {};  // of a map: its keys
  // Of a list what each item is; of a map what stands at a key that is none of `fields`, which
  // matches the regular expression `keys` if there is one.
  const Field* each = nullptr;
  std::string_view keys = {};
  std::span<const std::string_view> words = {};  // of a text: all that it may be
  long least = 0;                                // of a whole number
  long most = std::numeric_limits<long>::max();
  size_t at_least = 0;   // how many items or entries there must be
  bool nothing = false;  // the key alone will do
  // Of kAny: the forms that it may have, each with a name as its key.
  std::span<const Field> either = {};
};

class Fields {
 public:
  // Reports to `problems`: that `map` is no map, unknown keys (with the nearest known one), missing
  // required ones (at the map's own mark), values of the wrong shape, words and numbers that a
  // field does not allow. `what` names the map in messages: "node". `map` must outlive this.
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
  // Of kText with words: the index of the one that is there.
  std::optional<size_t> Word(std::string_view key) const;
  // Of kTextList and kTextOrList.
  std::optional<std::vector<Located<std::string>>> Texts(std::string_view key) const;
  // Of kTextMap, in file order.
  std::vector<std::pair<Located<std::string>, Located<std::string>>> TextMap(
      std::string_view key) const;
  // The map at `key`, read by the table that its field links to; absent where Find gives null.
  std::optional<Fields> Inner(std::string_view key, Diagnostics& problems) const;

 private:
  struct Accepted {
    Field field;
    const Document* value;
  };
  const Accepted* FindAccepted(std::string_view key) const;

  std::vector<Accepted> accepted_;
};

// Whether `value` has `shape`; reports what was expected if not. `key` names it in the message.
bool CheckShape(const Document& value, Shape shape, std::string_view key, Diagnostics& problems);

// Whether `value` fits `field`: its shape, its words, its bounds; reports it if not.
bool CheckField(const Document& value, const Field& field, Diagnostics& problems);

// The number that stands at `field`, of kInteger; absent and reported if it is none.
std::optional<long> ReadInteger(const Document& value, const Field& field, Diagnostics& problems);

}  // namespace ctestbed

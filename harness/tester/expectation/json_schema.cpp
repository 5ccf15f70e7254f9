#include "tester/expectation/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/json.h"
#include "base/regex.h"
#include "base/text.h"
#include "tester/expectation/failure.h"
#include "tester/expectation/type_mark.h"
#include "tester/expectation/value.h"

namespace ctestbed {
namespace {

constexpr int kMostNested = 200;

std::string Shown(const Json& value) {
  return OneLine(Shortened(DumpJson(value), 100));
}

size_t CharactersOf(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool IsWhole(const Json& value) {
  if (!value.is_number_float()) return value.is_number();
  const double number = value.get<double>();
  return std::isfinite(number) && std::floor(number) == number;
}

bool HasJsonType(const Json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  return type == "integer" && IsWhole(value);
}

bool IsTypeWord(const Json& word) {
  constexpr std::array<std::string_view, 7> kTypes{"null",   "boolean", "object", "array",
                                                   "string", "number",  "integer"};
  return word.is_string() && std::find(kTypes.begin(), kTypes.end(),
                                       word.get_ref<const std::string&>()) != kTypes.end();
}

// One value against one schema; `path` is where the value stands.
class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  Result<std::vector<std::string>> Run(const Json& value) {
    Check(root_, value, "$");
    if (unusable_) {
      return Fail(ErrorKind::kInvalid, "no usable JSON Schema: " + *unusable_);
    }
    return std::move(mistakes_);
  }

 private:
  using Path = const std::string&;

  // --- the schema itself ---

  void Unusable(std::string why) {
    if (!unusable_) unusable_ = std::move(why);
  }

  // The value of a keyword if it is there, and of the right type.
  template <typename IsRight>
  const Json* Keyword(const Json& schema, const char* name, IsRight is_right) {
    const auto found = schema.find(name);
    if (found == schema.end()) return nullptr;
    if (is_right(*found)) return &*found;
    Unusable(fmt::format("'{}' cannot be {}", name, Shown(*found)));
    return nullptr;
  }
  const Json* Number(const Json& schema, const char* name) {
    return Keyword(schema, name, [](const Json& json) { return json.is_number(); });
  }
  const Json* Size(const Json& schema, const char* name) {
    return Keyword(schema, name, [](const Json& json) { return json.is_number_unsigned(); });
  }
  const Json* Map(const Json& schema, const char* name) {
    return Keyword(schema, name, [](const Json& json) { return json.is_object(); });
  }
  const Json* List(const Json& schema, const char* name) {
    return Keyword(schema, name, [](const Json& json) { return json.is_array(); });
  }
  const Json* Text(const Json& schema, const char* name) {
    return Keyword(schema, name, [](const Json& json) { return json.is_string(); });
  }
  const Json* Schema(const Json& schema, const char* name) {
    return Keyword(schema, name,
                   [](const Json& json) { return json.is_object() || json.is_boolean(); });
  }

  const Json* Referred(const std::string& reference) {
    if (reference == "#") return &root_;
    const Json* found = nullptr;
    try {
      if (reference.starts_with("#/")) {
        const Json::json_pointer pointer(reference.substr(1));
        if (root_.contains(pointer)) found = &root_.at(pointer);
      }
    } catch (const Json::exception&) {
      found = nullptr;
    }
    if (found == nullptr) {
      Unusable(fmt::format("'$ref' {} is nothing in this document", Quote(reference)));
    }
    return found;
  }

  bool Matches(const std::string& pattern, const std::string& text) {
    const Result<bool> matches = RegexMatches(pattern, text);
    if (!matches) Unusable(matches.error().message);
    return matches.value_or(true);
  }

  // --- what does not fit ---

  void Miss(Path path, std::string what) {
    constexpr size_t kMost = 20;
    if (mistakes_.size() < kMost) mistakes_.push_back(fmt::format("{} {}", path, what));
  }
  void Unless(bool fits, Path path, const Json& value, const std::string& wanted) {
    if (!fits) Miss(path, fmt::format("is {}, wanted {}", Shown(value), wanted));
  }

  // Whether `value` fits, without saying why not.
  bool Fits(const Json& schema, const Json& value, Path path) {
    std::vector<std::string> kept;
    kept.swap(mistakes_);
    Check(schema, value, path);
    kept.swap(mistakes_);
    return kept.empty();
  }

  void Check(const Json& schema, const Json& value, Path path) {
    if (unusable_) return;
    if (schema.is_boolean()) {
      if (!schema.get<bool>()) Miss(path, "is " + Shown(value) + ", wanted nothing there");
      return;
    }
    if (!schema.is_object()) return Unusable(fmt::format("{} is no schema", Shown(schema)));
    if (depth_ == kMostNested) return Unusable("it is nested too deep, or refers to itself");
    ++depth_;
    if (const Json* reference = Text(schema, "$ref")) {
      const Json* referred = Referred(reference->get<std::string>());
      if (referred != nullptr) Check(*referred, value, path);
    } else {
      CheckKeywords(schema, value, path);
    }
    --depth_;
  }

  void CheckKeywords(const Json& schema, const Json& value, Path path) {
    CheckAny(schema, value, path);
    if (value.is_number()) CheckNumber(schema, value, path);
    if (value.is_string()) CheckText(schema, value, path);
    if (value.is_array()) CheckList(schema, value, path);
    if (value.is_object()) CheckMap(schema, value, path);
    CheckCombined(schema, value, path);
    CheckCondition(schema, value, path);
  }

  void CheckAny(const Json& schema, const Json& value, Path path) {
    if (schema.contains("type")) CheckType(schema["type"], value, path);
    if (const Json* values = List(schema, "enum")) {
      Unless(std::find(values->begin(), values->end(), value) != values->end(), path, value,
             "one of " + Shown(*values));
    }
    const auto constant = schema.find("const");
    if (constant != schema.end()) Unless(value == *constant, path, value, Shown(*constant));
  }

  void CheckType(const Json& type, const Json& value, Path path) {
    const Json types = type.is_array() ? type : Json::array({type});
    bool fits = false;
    std::vector<std::string> names;
    for (const Json& one : types) {
      if (!IsTypeWord(one)) return Unusable(fmt::format("'type' cannot be {}", Shown(type)));
      names.push_back(one.get<std::string>());
      fits = fits || HasJsonType(value, names.back());
    }
    Unless(fits, path, value, "a value of type " + Join(names, " or "));
  }

  void CheckNumber(const Json& schema, const Json& value, Path path) {
    if (const Json* limit = Number(schema, "minimum")) {
      Unless(value >= *limit, path, value, "at least " + Shown(*limit));
    }
    if (const Json* limit = Number(schema, "exclusiveMinimum")) {
      Unless(value > *limit, path, value, "more than " + Shown(*limit));
    }
    if (const Json* limit = Number(schema, "maximum")) {
      Unless(value <= *limit, path, value, "at most " + Shown(*limit));
    }
    if (const Json* limit = Number(schema, "exclusiveMaximum")) {
      Unless(value < *limit, path, value, "less than " + Shown(*limit));
    }
    if (const Json* step = Number(schema, "multipleOf")) {
      const double quotient = value.get<double>() / step->get<double>();
      Unless(std::abs(quotient - std::round(quotient)) < 1e-9, path, value,
             "a multiple of " + Shown(*step));
    }
  }

  void CheckSize(const Json& schema, const char* least, const char* most, size_t size,
                 std::string_view things, const Json& value, Path path) {
    if (const Json* limit = Size(schema, least)) {
      Unless(size >= limit->get<size_t>(), path, value,
             fmt::format("at least {} {}", Shown(*limit), things));
    }
    if (const Json* limit = Size(schema, most)) {
      Unless(size <= limit->get<size_t>(), path, value,
             fmt::format("at most {} {}", Shown(*limit), things));
    }
  }

  void CheckText(const Json& schema, const Json& value, Path path) {
    const auto& text = value.get_ref<const std::string&>();
    CheckSize(schema, "minLength", "maxLength", CharactersOf(text), "characters", value, path);
    if (const Json* pattern = Text(schema, "pattern")) {
      Unless(Matches(pattern->get<std::string>(), text), path, value,
             "a match of " + Shown(*pattern));
    }
    const Json* format = Text(schema, "format");
    if (format == nullptr) return;
    const bool is_time = *format == "date-time";
    if (!is_time && *format != "uuid") return;
    Unless(HasType({ValueKind::kJson, value, {}}, is_time ? "time" : "uuid"), path, value,
           is_time ? "a date and time (RFC 3339)" : "a UUID");
  }

  void CheckList(const Json& schema, const Json& value, Path path) {
    CheckSize(schema, "minItems", "maxItems", value.size(), "items", value, path);
    CheckItems(schema, value, path);
    const Json* unique =
        Keyword(schema, "uniqueItems", [](const Json& j) { return j.is_boolean(); });
    if (unique != nullptr && unique->get<bool>()) {
      Json sorted = value;
      std::sort(sorted.begin(), sorted.end());
      Unless(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), path, value,
             "no item twice");
    }
    if (const Json* wanted = Schema(schema, "contains")) {
      Unless(std::any_of(value.begin(), value.end(),
                         [&](const Json& item) { return Fits(*wanted, item, path); }),
             path, value, "an item that fits 'contains'");
    }
  }

  void CheckItems(const Json& schema, const Json& value, Path path) {
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    const Json* rest = items->is_array() ? Schema(schema, "additionalItems") : &*items;
    for (size_t i = 0; i < value.size(); ++i) {
      const bool has_own = items->is_array() && i < items->size();
      const Json* own = has_own ? &(*items)[i] : rest;
      if (own != nullptr) Check(*own, value[i], fmt::format("{}[{}]", path, i));
    }
  }

  void CheckMap(const Json& schema, const Json& value, Path path) {
    CheckSize(schema, "minProperties", "maxProperties", value.size(), "members", value, path);
    if (const Json* required = List(schema, "required")) {
      for (const Json& name : *required) {
        if (!name.is_string()) return Unusable("'required' lists names");
        if (value.contains(name.get<std::string>())) continue;
        Miss(path, fmt::format("lacks {}; it is {}", Shown(name), Shown(value)));
      }
    }
    for (const auto& [name, member] : value.items()) CheckMember(schema, name, member, path);
    CheckDependencies(schema, value, path);
  }

  void CheckMember(const Json& schema, const std::string& name, const Json& member, Path path) {
    const std::string place = fmt::format("{}.{}", path, name);
    bool is_known = false;
    if (const Json* names = Schema(schema, "propertyNames")) Check(*names, Json(name), place);
    if (const Json* properties = Map(schema, "properties")) {
      const auto own = properties->find(name);
      is_known = own != properties->end();
      if (is_known) Check(*own, member, place);
    }
    if (const Json* patterns = Map(schema, "patternProperties")) {
      for (const auto& [pattern, own] : patterns->items()) {
        if (!Matches(pattern, name)) continue;
        is_known = true;
        Check(own, member, place);
      }
    }
    const Json* rest = Schema(schema, "additionalProperties");
    if (!is_known && rest != nullptr) Check(*rest, member, place);
  }

  void CheckDependencies(const Json& schema, const Json& value, Path path) {
    const Json* dependencies = Map(schema, "dependencies");
    if (dependencies == nullptr) return;
    for (const auto& [name, wanted] : dependencies->items()) {
      if (!value.contains(name)) continue;
      if (!wanted.is_array()) {
        Check(wanted, value, path);
        continue;
      }
      Check(Json{{"required", wanted}}, value, path);
    }
  }

  void CheckCombined(const Json& schema, const Json& value, Path path) {
    if (const Json* all = List(schema, "allOf")) {
      for (const Json& one : *all) Check(one, value, path);
    }
    const auto count = [&](const Json& several) {
      return std::count_if(several.begin(), several.end(),
                           [&](const Json& one) { return Fits(one, value, path); });
    };
    if (const Json* any = List(schema, "anyOf")) {
      Unless(count(*any) > 0, path, value, "one that fits any of 'anyOf'");
    }
    if (const Json* one = List(schema, "oneOf")) {
      const auto fitting = count(*one);
      Unless(fitting == 1, path, value,
             fmt::format("one that fits exactly one of 'oneOf', not {}", fitting));
    }
    if (const Json* unwanted = Schema(schema, "not")) {
      Unless(!Fits(*unwanted, value, path), path, value, "one that does not fit 'not'");
    }
  }

  void CheckCondition(const Json& schema, const Json& value, Path path) {
    const Json* condition = Schema(schema, "if");
    if (condition == nullptr) return;
    const char* branch = Fits(*condition, value, path) ? "then" : "else";
    if (const Json* chosen = Schema(schema, branch)) Check(*chosen, value, path);
  }

  const Json& root_;
  std::vector<std::string> mistakes_;
  std::optional<std::string> unusable_;
  int depth_ = 0;
};

}  // namespace

Result<std::vector<std::string>> SchemaMistakes(const Json& schema, const Json& value) {
  return Validator(schema).Run(value);
}

}  // namespace ctestbed

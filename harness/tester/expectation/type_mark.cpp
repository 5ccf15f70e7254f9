#include "tester/expectation/type_mark.h"

#include <re2/re2.h>

#include <array>

#include "tester/expectation/variables.h"

namespace ctestbed {
namespace {

bool TextFits(const Json& value, const char* pattern) {
  return value.is_string() && re2::RE2::FullMatch(value.get_ref<const std::string&>(), pattern);
}

struct TypeEntry {
  std::string_view name;
  bool (*fits)(const Json& value);
};

constexpr std::array<TypeEntry, 9> kTypes{{
    {"any", [](const Json&) { return true; }},
    {"bool", [](const Json& value) { return value.is_boolean(); }},
    {"int", [](const Json& value) { return value.is_number_integer(); }},
    {"list", [](const Json& value) { return value.is_array(); }},
    {"map", [](const Json& value) { return value.is_object(); }},
    {"number", [](const Json& value) { return value.is_number(); }},
    {"str", [](const Json& value) { return value.is_string(); }},
    {"time",  // RFC 3339 section 5.6
     [](const Json& value) {
       return TextFits(value,
                       R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d:)"
                       R"(([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d))");
     }},
    {"uuid",
     [](const Json& value) {
       return TextFits(value, "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
     }},
}};

}  // namespace

std::vector<std::string> TypeNames() {
  std::vector<std::string> names{"absent"};
  for (const TypeEntry& entry : kTypes) names.emplace_back(entry.name);
  return names;
}

bool IsTypeName(std::string_view name) {
  for (const std::string& known : TypeNames()) {
    if (known == name) return true;
  }
  return false;
}

std::string_view TypeMarkOf(const Document& expected) {
  static const re2::RE2 kMark("<([A-Za-z0-9_-]+)>");
  if (!expected.IsScalar() || expected.quoted) return {};
  const std::string_view text = expected.text;
  if (!re2::RE2::FullMatch(expected.text, kMark)) return {};
  return text.substr(1, text.size() - 2);
}

bool HasType(const Actual& actual, std::string_view name) {
  const bool found = actual.value.has_value() && actual.absence.empty();
  if (!found || name == "absent") return name == "absent" && !found;
  for (const TypeEntry& entry : kTypes) {
    if (entry.name != name) continue;
    if (entry.fits(*actual.value)) return true;
    if (actual.kind != ValueKind::kText) return false;
    Document spelled;
    spelled.kind = Document::Kind::kScalar;
    spelled.text = TextOf(*actual.value);
    return entry.fits(JsonOf(spelled));
  }
  return false;
}

}  // namespace ctestbed

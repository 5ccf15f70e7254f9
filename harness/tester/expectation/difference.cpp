#include "tester/expectation/difference.h"

#include <fmt/format.h>

#include <algorithm>

#include "tester/expectation/type_mark.h"

namespace ctestbed {
namespace {

std::string TextDifference(const std::string& expected, const std::string& actual,
                           const Variables& variables) {
  constexpr size_t kShort = 80;
  const std::string plain =
      fmt::format("is {}, wanted {}", variables.Show(Json(actual)), variables.Show(Json(expected)));
  if (std::max(expected.size(), actual.size()) <= kShort) return plain;
  // Masked first, so that a window never shows a part of a hidden value.
  const std::string shown = variables.Mask(actual);
  const std::string wanted = variables.Mask(expected);
  const auto [left, right] =
      std::mismatch(shown.begin(), shown.end(), wanted.begin(), wanted.end());
  const auto offset = static_cast<size_t>(left - shown.begin());
  if (left == shown.end() && right == wanted.end()) return plain;
  const size_t start = offset > 20 ? offset - 20 : 0;
  const auto window = [&](const std::string& text) {
    return variables.Show(Json(text.substr(std::min(start, text.size()), 60)));
  };
  return fmt::format("is another text from byte {} on: {}, wanted {}", offset, window(shown),
                     window(wanted));
}

class Comparer {
 public:
  explicit Comparer(const Variables& variables) : variables_(variables) {}

  std::string Compare(const Document& expected, const Json& actual, const std::string& path) {
    if (const std::string_view type = TypeMarkOf(expected); !type.empty()) {
      if (HasType({ValueKind::kJson, actual, {}}, type)) return {};
      return fmt::format("{}is {}, wanted <{}>", Prefix(path), variables_.Show(actual), type);
    }
    if (expected.IsList() && actual.is_array()) return CompareLists(expected, actual, path);
    if (expected.IsMap() && actual.is_object()) return CompareMaps(expected, actual, path);
    const Json wanted = JsonOf(expected);
    if (wanted == actual) return {};
    if (wanted.is_string() && actual.is_string()) {
      return Prefix(path) +
             TextDifference(wanted.get<std::string>(), actual.get<std::string>(), variables_);
    }
    return fmt::format("{}is {}, wanted {}", Prefix(path), variables_.Show(actual),
                       variables_.Show(wanted));
  }

 private:
  static std::string Prefix(const std::string& path) { return path.empty() ? path : path + " "; }

  std::string CompareLists(const Document& expected, const Json& actual, const std::string& path) {
    const size_t both = std::min(expected.items.size(), actual.size());
    for (size_t i = 0; i < both; ++i) {
      std::string difference =
          Compare(expected.items[i], actual[i], fmt::format("{}[{}]", path, i));
      if (!difference.empty()) return difference;
    }
    if (expected.items.size() == actual.size()) return {};
    return fmt::format("{}is a list of {}, wanted {}: {}", Prefix(path), actual.size(),
                       expected.items.size(), variables_.Show(actual));
  }

  std::string CompareMaps(const Document& expected, const Json& actual, const std::string& path) {
    for (const auto& [key, value] : expected.entries) {
      const auto found = actual.find(key.value);
      if (found == actual.end()) {
        if (TypeMarkOf(value) == "absent") continue;
        return fmt::format("{}is {}, wanted it to have \"{}\"", Prefix(path),
                           variables_.Show(actual), key.value);
      }
      std::string difference = Compare(value, *found, fmt::format("{}.{}", path, key.value));
      if (!difference.empty()) return difference;
    }
    for (const auto& [key, value] : actual.items()) {
      if (expected.Find(key) != nullptr) continue;
      return fmt::format("{}is {}, wanted it not to have \"{}\"", Prefix(path),
                         variables_.Show(actual), key);
    }
    return {};
  }

  const Variables& variables_;
};

}  // namespace

std::string Difference(const Document& expected, const Actual& actual, const Variables& variables) {
  if (!actual.value) return actual.absence;
  if (const std::string_view type = TypeMarkOf(expected); !type.empty()) {
    if (HasType(actual, type)) return {};
    return fmt::format("is {}, wanted <{}>", variables.Show(*actual.value), type);
  }
  if (actual.kind == ValueKind::kText) {
    const std::string text = TextOf(*actual.value);
    const std::string wanted = expected.IsScalar() ? expected.text : TextOf(JsonOf(expected));
    return text == wanted ? "" : TextDifference(wanted, text, variables);
  }
  return Comparer(variables).Compare(expected, *actual.value, "");
}

}  // namespace ctestbed

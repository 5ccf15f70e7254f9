#include "base/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace ctestbed {
namespace {

std::optional<long> ParseInteger(const Document& value) {
  if (!value.IsScalar() || value.quoted || value.text.empty()) return std::nullopt;
  if (value.text.size() > 1 && value.text.front() == '0') return std::nullopt;
  if (!std::all_of(value.text.begin(), value.text.end(),
                   [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  long number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto parsed = std::from_chars(value.text.data(), end, number);
  return parsed.ec == std::errc() ? std::optional(number) : std::nullopt;
}

bool AllScalars(const std::vector<Document>& items) {
  return std::all_of(items.begin(), items.end(),
                     [](const Document& item) { return item.IsScalar(); });
}

bool AllScalars(const std::vector<Document::Entry>& entries) {
  return std::all_of(entries.begin(), entries.end(),
                     [](const Document::Entry& entry) { return entry.value.IsScalar(); });
}

struct Expectation {
  bool fits;
  std::string_view expected;
};

Expectation Check(const Document& value, Shape shape) {
  switch (shape) {
    case Shape::kText:
      return {value.IsScalar(), "text"};
    case Shape::kName:
      return {value.IsScalar() && IsName(value.text),
              "a name of letters, digits, '_', '.' and '-' that begins with a letter or digit"};
    case Shape::kInteger:
      return {ParseInteger(value).has_value(), "a whole number"};
    case Shape::kBoolean:
      return {value.IsScalar() && !value.quoted && (value.text == "true" || value.text == "false"),
              "true or false"};
    case Shape::kDuration:
      return {value.IsScalar() && ParseDuration(value.text).has_value(),
              "a duration such as 150ms, 5s, 2m or 1h"};
    case Shape::kList:
      return {value.IsList(), "a list"};
    case Shape::kTextList:
      return {value.IsList() && AllScalars(value.items), "a list of texts"};
    case Shape::kTextOrList:
      return {value.IsScalar() || (value.IsList() && AllScalars(value.items)),
              "text or a list of texts"};
    case Shape::kMap:
      return {value.IsMap(), "a map"};
    case Shape::kTextMap:
      return {value.IsMap() && AllScalars(value.entries), "a map of texts"};
    case Shape::kAny:
      break;
  }
  return {true, ""};
}

// The part of `value` that a message about its shape should point at.
const Document& Culprit(const Document& value, Shape shape) {
  if ((shape == Shape::kTextList || shape == Shape::kTextOrList) && value.IsList()) {
    for (const Document& item : value.items) {
      if (!item.IsScalar()) return item;
    }
  }
  if (shape == Shape::kTextMap && value.IsMap()) {
    for (const Document::Entry& entry : value.entries) {
      if (!entry.value.IsScalar()) return entry.value;
    }
  }
  return value;
}

}  // namespace

bool CheckShape(const Document& value, Shape shape, std::string_view key, Diagnostics& problems) {
  const Expectation expectation = Check(value, shape);
  if (expectation.fits) return true;
  const Document& culprit = Culprit(value, shape);
  problems.Error(culprit.mark, fmt::format("{} must be {}, not {}", Quote(key),
                                           expectation.expected, Describe(culprit)));
  return false;
}

bool CheckField(const Document& value, const Field& field, Diagnostics& problems) {
  if (field.inside == nullptr) return CheckShape(value, field.shape, field.key, problems);
  const Inside& inside = *field.inside;
  if (inside.nothing && value.IsNull()) return true;
  const auto want = [&](bool fits, const std::string& expected) {
    if (fits) return true;
    problems.Error(value.mark, fmt::format("{} must be {}, not {}", Quote(field.key), expected,
                                           Describe(value)));
    return false;
  };
  if (!inside.words.empty() && value.IsScalar()) {
    const auto& words = inside.words;
    return want(std::find(words.begin(), words.end(), value.text) != words.end(),
                fmt::format("{}", fmt::join(words, " or ")));
  }
  constexpr long kUnbounded = std::numeric_limits<long>::max();
  if (field.shape == Shape::kInteger && inside.most < kUnbounded) {
    const std::optional<long> number = ParseInteger(value);
    return want(number && *number >= inside.least && *number <= inside.most,
                fmt::format("a number from {} to {}", inside.least, inside.most));
  }
  return CheckShape(value, field.shape, field.key, problems);
}

std::optional<long> ReadInteger(const Document& value, const Field& field, Diagnostics& problems) {
  return CheckField(value, field, problems) ? ParseInteger(value) : std::nullopt;
}

Fields::Fields(const Document& map, std::string_view what, std::span<const Field> table,
               Diagnostics& problems) {
  if (!map.IsMap()) {
    problems.Error(map.mark, fmt::format("{} must be a map, not {}", what, Describe(map)));
    return;
  }
  std::vector<std::string> known;
  for (const Field& field : table) known.emplace_back(field.key);
  for (const Document::Entry& entry : map.entries) {
    const auto field = std::find_if(table.begin(), table.end(), [&](const Field& candidate) {
      return candidate.key == entry.key.value;
    });
    if (field == table.end()) {
      problems.Error(entry.key.mark,
                     fmt::format("unknown key {} in {}", Quote(entry.key.value), what),
                     DidYouMean(entry.key.value, known, "keys"));
    } else if (CheckField(entry.value, *field, problems)) {
      accepted_.push_back({*field, &entry.value});
    }
  }
  for (const Field& field : table) {
    if (!field.required || map.Find(field.key) != nullptr) continue;
    problems.Error(map.mark, fmt::format("{} lacks {}", what, Quote(field.key)),
                   fmt::format("{}: {}", field.key, field.help));
  }
}

const Fields::Accepted* Fields::FindAccepted(std::string_view key) const {
  for (const Accepted& accepted : accepted_) {
    if (accepted.field.key == key) return &accepted;
  }
  return nullptr;
}

const Document* Fields::Find(std::string_view key) const {
  const Accepted* accepted = FindAccepted(key);
  return accepted == nullptr ? nullptr : accepted->value;
}

std::optional<size_t> Fields::Word(std::string_view key) const {
  const Accepted* accepted = FindAccepted(key);
  if (accepted == nullptr || accepted->field.inside == nullptr) return std::nullopt;
  const auto& words = accepted->field.inside->words;
  const auto found = std::find(words.begin(), words.end(), accepted->value->text);
  return static_cast<size_t>(found - words.begin());
}

std::optional<Fields> Fields::Inner(std::string_view key, Diagnostics& problems) const {
  const Accepted* accepted = FindAccepted(key);
  if (accepted == nullptr || accepted->field.inside == nullptr) return std::nullopt;
  return Fields(*accepted->value, key, accepted->field.inside->fields, problems);
}

std::optional<Located<std::string>> Fields::Text(std::string_view key) const {
  const Document* value = Find(key);
  if (value == nullptr) return std::nullopt;
  return Located<std::string>{value->text, value->mark};
}

std::optional<long> Fields::Integer(std::string_view key) const {
  const Document* value = Find(key);
  return value == nullptr ? std::nullopt : ParseInteger(*value);
}

std::optional<bool> Fields::Boolean(std::string_view key) const {
  const Document* value = Find(key);
  return value == nullptr ? std::nullopt : std::optional(value->text == "true");
}

std::optional<Duration> Fields::Time(std::string_view key) const {
  const Document* value = Find(key);
  if (value == nullptr) return std::nullopt;
  return ParseDuration(value->text).value_or(Duration::zero());
}

std::optional<std::vector<Located<std::string>>> Fields::Texts(std::string_view key) const {
  const Document* value = Find(key);
  if (value == nullptr) return std::nullopt;
  if (value->IsScalar()) return std::vector{Located<std::string>{value->text, value->mark}};
  std::vector<Located<std::string>> texts;
  for (const Document& item : value->items) texts.push_back({item.text, item.mark});
  return texts;
}

std::vector<std::pair<Located<std::string>, Located<std::string>>> Fields::TextMap(
    std::string_view key) const {
  std::vector<std::pair<Located<std::string>, Located<std::string>>> pairs;
  const Document* value = Find(key);
  if (value == nullptr) return pairs;
  for (const Document::Entry& entry : value->entries) {
    pairs.emplace_back(entry.key, Located<std::string>{entry.value.text, entry.value.mark});
  }
  return pairs;
}

}  // namespace ctestbed

#include "tester/expectation/matcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/duration.h"
#include "base/regex.h"
#include "base/text.h"
#include "tester/expectation/difference.h"
#include "tester/expectation/type_mark.h"

namespace ctestbed {
namespace {

using Failures = std::vector<Failure>;

// One operator at work: its argument without references, and the value, which is there.
struct Call {
  const Document& argument;
  const Actual& actual;
  const Variables& variables;

  const Json& value() const { return *actual.value; }
  std::string Shown() const {
    return actual.kind == ValueKind::kTime ? ShownTime() : variables.Show(value());
  }
  std::string ShownArgument() const {
    return actual.kind == ValueKind::kTime ? argument.text : variables.Show(JsonOf(argument));
  }
  std::string ShownTime() const {
    return FormatDuration(Duration(std::llround(value().get<double>())));
  }
  // "is 6, wanted <wanted>" unless `holds`.
  Failures Unless(bool holds, std::string_view wanted) const {
    return holds ? Failures{} : Fail(fmt::format("is {}, wanted {}", Shown(), wanted));
  }
  Failures Fail(std::string remark) const { return {{argument.mark, std::move(remark), {}}}; }
  std::string Differs(const Document& expected) const {
    return Difference(expected, actual, variables);
  }
};

Failures MatchExpanded(const Document& expected, const Actual& actual, const Variables& variables);

// A map that came out of a variable is a value (see DocumentOf); one that is written holds
// operators.
bool IsOperators(const Document& expected) {
  return expected.IsMap() && !expected.quoted;
}

// --- arguments, checked before the run ---

bool OnTrust(const Document& argument) {
  return argument.IsScalar() && HasReferences(argument.text);
}

void WantShape(const Document& argument, std::string_view name, bool fits,
               std::string_view expected, Diagnostics& problems) {
  if (fits || OnTrust(argument)) return;
  problems.Error(argument.mark,
                 fmt::format("'{}' must be {}, not {}", name, expected, Describe(argument)));
}

bool IsTime(const Document& argument) {
  return argument.IsScalar() && ParseDuration(argument.text).has_value();
}

void CheckLiteral(const Document& literal, ValueKind kind, Diagnostics& problems) {
  if (const std::string_view type = TypeMarkOf(literal); !type.empty() && !IsTypeName(type)) {
    problems.Error(literal.mark, fmt::format("unknown type {}", Quote(literal.text)),
                   DidYouMean(type, TypeNames(), "types") + "; to compare with the text quote it");
  }
  if (kind == ValueKind::kText && !literal.IsScalar()) {
    problems.Error(literal.mark, fmt::format("a text cannot equal {}", Describe(literal)));
  }
  if (kind == ValueKind::kTime && !OnTrust(literal) && !IsTime(literal)) {
    problems.Error(literal.mark,
                   fmt::format("expected a duration such as 150ms, not {}", Describe(literal)));
  }
  for (const Document& item : literal.items) CheckLiteral(item, ValueKind::kJson, problems);
  for (const auto& [key, value] : literal.entries) CheckLiteral(value, ValueKind::kJson, problems);
}

void CheckOrdered(const Document& argument, ValueKind kind, Diagnostics& problems) {
  if (kind == ValueKind::kTime) {
    WantShape(argument, "time", IsTime(argument), "a duration such as 150ms", problems);
  } else {
    WantShape(argument, "limit", argument.IsScalar(), "a number or text", problems);
  }
}

void CheckIn(const Document& argument, ValueKind kind, Diagnostics& problems) {
  WantShape(argument, "in", argument.IsList() && !argument.items.empty(), "a list of values",
            problems);
  for (const Document& item : argument.items) CheckLiteral(item, kind, problems);
}

void CheckPattern(const Document& argument, ValueKind, Diagnostics& problems) {
  WantShape(argument, "matches", argument.IsScalar(), "a regular expression", problems);
  if (!argument.IsScalar() || OnTrust(argument)) return;
  const Status usable = CheckRegex(argument.text);
  if (!usable) problems.Error(argument.mark, usable.error().message);
}

void CheckText(const Document& argument, ValueKind, Diagnostics& problems) {
  WantShape(argument, "text", argument.IsScalar(), "text", problems);
}

void CheckContains(const Document& argument, ValueKind kind, Diagnostics& problems) {
  if (kind == ValueKind::kText) return CheckText(argument, kind, problems);
  CheckLiteral(argument, kind, problems);
}

void CheckNested(const Document& argument, ValueKind kind, Diagnostics& problems) {
  CheckMatcher(argument, kind, problems);
}

void CheckCount(const Document& argument, ValueKind, Diagnostics& problems) {
  WantShape(argument, "count", argument.IsMap() || JsonOf(argument).is_number_unsigned(),
            "a whole number or operators on it", problems);
  if (argument.IsMap()) CheckMatcher(argument, ValueKind::kJson, problems);
}

void CheckType(const Document& argument, ValueKind, Diagnostics& problems) {
  if (OnTrust(argument) || (argument.IsScalar() && IsTypeName(argument.text))) return;
  problems.Error(argument.mark, fmt::format("unknown type {}", Describe(argument)),
                 DidYouMean(argument.text, TypeNames(), "types"));
}

void CheckNear(const Document& argument, ValueKind kind, Diagnostics& problems) {
  const auto fits = [&](const Document& item) {
    return OnTrust(item) || (kind == ValueKind::kTime ? IsTime(item) : JsonOf(item).is_number());
  };
  WantShape(argument, "near",
            argument.items.size() == 2 && fits(argument.items[0]) && fits(argument.items[1]),
            kind == ValueKind::kTime ? "[duration, tolerance]" : "[number, tolerance]", problems);
}

void CheckAbsent(const Document& argument, ValueKind, Diagnostics& problems) {
  WantShape(argument, "absent", JsonOf(argument).is_boolean(), "true or false", problems);
}

// --- the operators ---

// The argument as a number to compare `actual` with: of a time its milliseconds.
std::optional<double> NumberOf(const Document& argument, ValueKind kind) {
  if (kind == ValueKind::kTime) {
    const Result<Duration> time = ParseDuration(argument.text);
    return time ? std::optional(static_cast<double>(time->count())) : std::nullopt;
  }
  const Json number = JsonOf(argument);
  return number.is_number() ? std::optional(number.get<double>()) : std::nullopt;
}

// A text outside JSON counts as the number that it spells.
std::optional<double> NumberOf(const Actual& actual) {
  if (actual.value->is_number()) return actual.value->get<double>();
  if (actual.kind != ValueKind::kText) return std::nullopt;
  Document spelled;
  spelled.kind = Document::Kind::kScalar;
  spelled.text = TextOf(*actual.value);
  return NumberOf(spelled, ValueKind::kJson);
}

template <typename Holds>
Failures Ordered(const Call& call, std::string_view wanted, const Holds& holds) {
  const std::string limit = fmt::format("{} {}", wanted, call.ShownArgument());
  const std::optional<double> expected = NumberOf(call.argument, call.actual.kind);
  const std::optional<double> number = NumberOf(call.actual);
  if (expected && number) return call.Unless(holds(*number, *expected), limit);
  if (!expected && call.value().is_string()) {
    return call.Unless(holds(TextOf(call.value()), call.argument.text), limit);
  }
  return call.Fail(
      fmt::format("is {}, which has no order with {}", call.Shown(), call.ShownArgument()));
}

Failures Less(const Call& call) {
  return Ordered(call, "less than", [](const auto& a, const auto& b) { return a < b; });
}
Failures LessOrEqual(const Call& call) {
  return Ordered(call, "at most", [](const auto& a, const auto& b) { return a <= b; });
}
Failures Greater(const Call& call) {
  return Ordered(call, "more than", [](const auto& a, const auto& b) { return a > b; });
}
Failures GreaterOrEqual(const Call& call) {
  return Ordered(call, "at least", [](const auto& a, const auto& b) { return a >= b; });
}

// Equality of anything, times by their length.
std::string Differs(const Call& call, const Document& expected) {
  if (call.actual.kind != ValueKind::kTime) return call.Differs(expected);
  const bool equal = NumberOf(expected, ValueKind::kTime) == NumberOf(call.actual);
  return equal ? "" : fmt::format("is {}, wanted {}", call.ShownTime(), expected.text);
}

Failures Equal(const Call& call) {
  std::string difference = Differs(call, call.argument);
  return difference.empty() ? Failures{} : call.Fail(std::move(difference));
}

Failures NotEqual(const Call& call) {
  return call.Unless(!Differs(call, call.argument).empty(), "anything else");
}

Failures In(const Call& call) {
  const auto& items = call.argument.items;
  const bool found = std::any_of(items.begin(), items.end(),
                                 [&](const Document& item) { return Differs(call, item).empty(); });
  return call.Unless(found, fmt::format("one of {}", call.variables.Show(JsonOf(call.argument))));
}

// For operators on text: a failure when the value is none.
template <typename Holds>
Failures OnText(const Call& call, std::string_view wanted, const Holds& holds) {
  const bool is_text = call.value().is_string();
  return call.Unless(is_text && holds(call.value().get_ref<const std::string&>()),
                     fmt::format("{} {}", wanted, call.ShownArgument()));
}

Failures Matches(const Call& call) {
  const Status usable = CheckRegex(call.argument.text);
  if (!usable) return call.Fail(usable.error().message);
  return OnText(call, "a match of", [&](const std::string& text) {
    return RegexMatches(call.argument.text, text).value_or(false);
  });
}

Failures Starts(const Call& call) {
  return OnText(call, "it to start with",
                [&](const std::string& text) { return text.starts_with(call.argument.text); });
}

Failures Ends(const Call& call) {
  return OnText(call, "it to end with",
                [&](const std::string& text) { return text.ends_with(call.argument.text); });
}

Failures ContainsMembers(const Call& call) {
  for (const auto& [key, expected] : call.argument.entries) {
    const auto member = call.value().find(key.value);
    Actual actual{ValueKind::kJson,
                  {},
                  fmt::format("is {}, wanted it to have \"{}\"", call.Shown(), key.value)};
    if (member != call.value().end()) actual = {ValueKind::kJson, *member, {}};
    const std::string difference = Difference(expected, actual, call.variables);
    if (difference.empty()) continue;
    return call.Fail(actual.value ? fmt::format("{}: {}", key.value, difference) : difference);
  }
  return {};
}

// A text a part, a list an item, a map a member or all members of a smaller map.
Failures Contains(const Call& call) {
  const std::string wanted = fmt::format("it to contain {}", call.ShownArgument());
  const Json& value = call.value();
  if (value.is_array()) {
    return call.Unless(
        std::any_of(value.begin(), value.end(),
                    [&](const Json& item) {
                      const Actual actual{ValueKind::kJson, item, {}};
                      return Difference(call.argument, actual, call.variables).empty();
                    }),
        wanted);
  }
  if (value.is_object() && call.argument.IsMap()) return ContainsMembers(call);
  if (value.is_object()) return call.Unless(value.contains(call.argument.text), wanted);
  return OnText(call, "it to contain", [&](const std::string& text) {
    return text.find(call.argument.text) != std::string::npos;
  });
}

Failures Count(const Call& call) {
  if (!call.value().is_structured()) return call.Unless(false, "a list or map to count");
  const auto count = static_cast<std::uint64_t>(call.value().size());
  const Actual actual{ValueKind::kJson, Json(count), {}};
  Failures failures = MatchExpanded(call.argument, actual, call.variables);
  for (Failure& failure : failures) {
    failure.remark = fmt::format("count {}: {}", failure.remark, call.Shown());
  }
  return failures;
}

// For operators on items: a failure when there are none, since nothing would be checked.
Failures NoItems(const Call& call) {
  if (!call.value().is_structured()) return call.Unless(false, "a list or map of items");
  return call.Unless(!call.value().empty(), "at least one item");
}

Failures Each(const Call& call) {
  constexpr size_t kMost = 5;
  Failures failures = NoItems(call);
  if (!failures.empty()) return failures;
  for (const auto& [key, item] : call.value().items()) {
    const Actual actual{ValueKind::kJson, item, {}};
    for (Failure& failure : MatchExpanded(call.argument, actual, call.variables)) {
      failure.remark = fmt::format("[{}] {}", key, failure.remark);
      failures.push_back(std::move(failure));
    }
    if (failures.size() >= kMost) break;
  }
  return failures;
}

Failures Any(const Call& call) {
  Failures failures = NoItems(call);
  if (!failures.empty()) return failures;
  for (const Json& item : call.value()) {
    const Actual actual{ValueKind::kJson, item, {}};
    failures = MatchExpanded(call.argument, actual, call.variables);
    if (failures.empty()) return failures;
  }
  return call.Fail(fmt::format("is {}: none of {} fits; the last one {}", call.Shown(),
                               call.value().size(), failures.front().remark));
}

Failures Type(const Call& call) {
  return call.Unless(HasType(call.actual, call.argument.text),
                     fmt::format("<{}>", call.argument.text));
}

Failures Near(const Call& call) {
  const auto part = [&](size_t i) {
    return i < call.argument.items.size() ? NumberOf(call.argument.items[i], call.actual.kind)
                                          : std::nullopt;
  };
  const std::optional<double> number = NumberOf(call.actual);
  const bool near = number && part(0) && part(1) && std::abs(*number - *part(0)) <= *part(1);
  return call.Unless(near, fmt::format("{}", call.variables.Show(JsonOf(call.argument))));
}

Failures Absent(const Call& call) {
  return call.Unless(JsonOf(call.argument) == Json(false), "nothing there");
}

constexpr unsigned kJson = 1U << static_cast<unsigned>(ValueKind::kJson);
constexpr unsigned kText = 1U << static_cast<unsigned>(ValueKind::kText);
constexpr unsigned kTime = 1U << static_cast<unsigned>(ValueKind::kTime);

struct Operator {
  std::string_view name;
  unsigned kinds;  // of value it applies to
  void (*check)(const Document& argument, ValueKind kind, Diagnostics& problems);
  Failures (*match)(const Call& call);
};

constexpr std::array<Operator, 17> kOperators{{
    {"absent", kJson | kText, CheckAbsent, Absent},  // true: nothing is there
    {"any", kJson, CheckNested, Any},                // at least one item fits this matcher
    {"contains", kJson | kText, CheckContains, Contains},
    {"count", kJson, CheckCount, Count},
    {"each", kJson, CheckNested, Each},  // every item fits, and there is one
    {"ends", kJson | kText, CheckText, Ends},
    {"eq", kJson | kText | kTime, CheckLiteral, Equal},  // maps and lists compare deep
    {"ge", kJson | kText | kTime, CheckOrdered, GreaterOrEqual},
    {"gt", kJson | kText | kTime, CheckOrdered, Greater},
    {"in", kJson | kText | kTime, CheckIn, In},
    {"le", kJson | kText | kTime, CheckOrdered, LessOrEqual},
    {"lt", kJson | kText | kTime, CheckOrdered, Less},
    {"matches", kJson | kText, CheckPattern, Matches},  // RE2, anywhere in the text
    {"ne", kJson | kText | kTime, CheckLiteral, NotEqual},
    {"near", kJson | kText | kTime, CheckNear, Near},  // [number, tolerance]
    {"starts", kJson | kText, CheckText, Starts},
    {"type", kJson | kText, CheckType, Type},  // the same as <type>
}};

const Operator* FindOperator(std::string_view name) {
  const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                  [&](const Operator& entry) { return entry.name == name; });
  return found == kOperators.end() ? nullptr : found;
}

std::string HintFor(const Document::Entry& entry, ValueKind kind) {
  std::vector<std::string> names;
  for (const Operator& known : kOperators) names.emplace_back(known.name);
  std::string hint = DidYouMean(entry.key.value, names, "operators");
  if (kind == ValueKind::kJson) hint += "; to compare with a map write {eq: {...}}";
  return hint;
}

void CheckOperator(const Document::Entry& entry, ValueKind kind, Diagnostics& problems) {
  constexpr std::array<std::string_view, 3> kKinds{"JSON", "a text", "a time"};
  const Operator* known = FindOperator(entry.key.value);
  if (known == nullptr) {
    problems.Error(entry.key.mark, fmt::format("unknown operator {}", Quote(entry.key.value)),
                   HintFor(entry, kind));
  } else if ((known->kinds & 1U << static_cast<unsigned>(kind)) == 0) {
    problems.Error(entry.key.mark, fmt::format("'{}' does not apply to {}", known->name,
                                               kKinds[static_cast<size_t>(kind)]));
  } else {
    known->check(entry.value, kind, problems);
  }
}

bool WantsAbsence(const Document& expected) {
  if (TypeMarkOf(expected) == "absent") return true;
  if (!IsOperators(expected)) return false;
  const Document* absent = expected.Find("absent");
  const Document* type = expected.Find("type");
  return (absent != nullptr && JsonOf(*absent) == Json(true)) ||
         (type != nullptr && type->text == "absent");
}

Failures MatchOperators(const Document& expected, const Actual& actual,
                        const Variables& variables) {
  Failures failures;
  for (const auto& [key, argument] : expected.entries) {
    const Operator* known = FindOperator(key.value);
    if (known == nullptr) {
      failures.push_back({key.mark, fmt::format("unknown operator {}", Quote(key.value)), {}});
      continue;
    }
    for (Failure& failure : known->match({argument, actual, variables})) {
      if (failure.mark == argument.mark) failure.mark = Spanning(key.mark, argument.mark);
      failures.push_back(std::move(failure));
    }
  }
  return failures;
}

// A map's own mark covers no more than its begin.
SourceMark WholeMark(const Document& expected) {
  if (expected.entries.empty()) return expected.mark;
  return Spanning(expected.entries.front().key.mark, expected.entries.back().value.mark);
}

Failures MatchExpanded(const Document& expected, const Actual& actual, const Variables& variables) {
  if (WantsAbsence(expected) && !actual.absence.empty()) return {};
  if (!actual.value) return {{WholeMark(expected), actual.absence, {}}};
  Failures failures = IsOperators(expected) ? MatchOperators(expected, actual, variables)
                                            : Equal({expected, actual, variables});
  for (Failure& failure : failures) {
    if (!actual.absence.empty()) failure.remark += "; " + actual.absence;
  }
  return failures;
}

}  // namespace

void CheckMatcher(const Document& expected, ValueKind kind, Diagnostics& problems) {
  if (!IsOperators(expected)) return CheckLiteral(expected, kind, problems);
  if (expected.entries.empty()) {
    problems.Error(expected.mark, "expected at least one operator",
                   "to compare with an empty map write {eq: {}}");
  }
  for (const Document::Entry& entry : expected.entries) CheckOperator(entry, kind, problems);
}

std::vector<Failure> Match(const Document& expected, const Actual& actual,
                           const Variables& variables) {
  const OrFailure<Document> expanded = ExpandDocument(expected, variables);
  if (!expanded) return {expanded.error()};
  return MatchExpanded(*expanded, actual, variables);
}

}  // namespace ctestbed

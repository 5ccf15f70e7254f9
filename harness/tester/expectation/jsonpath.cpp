#include "tester/expectation/jsonpath.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "tester/expectation/jsonpath_query.h"

namespace ctestbed {
namespace jsonpath {
namespace {

using Nodes = std::vector<const Json*>;

// A value to compare: a node of the document, a computed value, or nothing at all.
struct Operand {
  const Json* node = nullptr;
  Json computed;
  bool nothing = true;

  static Operand Of(const Json* node) { return {node, {}, node == nullptr}; }
  static Operand Computed(Json value) { return {nullptr, std::move(value), false}; }
  const Json& value() const { return node != nullptr ? *node : computed; }
};

class Evaluator {
 public:
  explicit Evaluator(const Json& root) : root_(root) {}

  Nodes Find(const Query& query, const Json& current) {
    Nodes nodes{query.relative ? &current : &root_};
    for (const Segment& segment : query.segments) nodes = Step(segment, nodes);
    return nodes;
  }

  Nodes Step(const Segment& segment, const Nodes& nodes) {
    Nodes found;
    for (const Json* node : nodes) {
      if (segment.descendant) {
        Descend(segment, *node, found);
      } else {
        SelectAll(segment, *node, found);
      }
    }
    return found;
  }

 private:
  void SelectAll(const Segment& segment, const Json& node, Nodes& found) {
    for (const Selector& selector : segment.selectors) Select(selector, node, found);
  }

  // ParseJson limits the depth of documents, and so of this recursion.
  void Descend(const Segment& segment, const Json& node, Nodes& found) {
    SelectAll(segment, node, found);
    if (!node.is_structured()) return;
    for (const Json& child : node) Descend(segment, child, found);
  }

  void Select(const Selector& selector, const Json& node, Nodes& found) {
    switch (selector.kind) {
      case Selector::Kind::kName:
        if (node.is_object() && node.contains(selector.name)) found.push_back(&node[selector.name]);
        return;
      case Selector::Kind::kIndex:
        SelectIndex(*selector.start, node, found);
        return;
      case Selector::Kind::kSlice:
        SelectSlice(selector, node, found);
        return;
      case Selector::Kind::kWildcard:
      case Selector::Kind::kFilter:
        break;
    }
    if (!node.is_structured()) return;
    for (const Json& child : node) {
      if (selector.filter == nullptr || Holds(*selector.filter, child)) found.push_back(&child);
    }
  }

  static void SelectIndex(std::int64_t index, const Json& node, Nodes& found) {
    if (!node.is_array()) return;
    const auto size = static_cast<std::int64_t>(node.size());
    if (index < 0) index += size;
    if (index >= 0 && index < size) found.push_back(&node[static_cast<size_t>(index)]);
  }

  // RFC 9535 section 2.3.4.2.2.
  static void SelectSlice(const Selector& selector, const Json& node, Nodes& found) {
    const std::int64_t step = selector.step.value_or(1);
    if (!node.is_array() || step == 0) return;
    const auto size = static_cast<std::int64_t>(node.size());
    const auto normal = [&](std::int64_t index) { return index >= 0 ? index : size + index; };
    const std::int64_t start = normal(selector.start.value_or(step > 0 ? 0 : size - 1));
    const std::int64_t end = selector.end ? normal(*selector.end) : step > 0 ? size : -1;
    if (step > 0) {
      const std::int64_t upper = std::clamp<std::int64_t>(end, 0, size);
      for (std::int64_t i = std::clamp<std::int64_t>(start, 0, size); i < upper; i += step) {
        found.push_back(&node[static_cast<size_t>(i)]);
      }
    } else {
      const std::int64_t lower = std::clamp<std::int64_t>(end, -1, size - 1);
      for (std::int64_t i = std::clamp<std::int64_t>(start, -1, size - 1); i > lower; i += step) {
        found.push_back(&node[static_cast<size_t>(i)]);
      }
    }
  }

  bool Holds(const Expression& expression, const Json& current) {
    const auto holds = [&](const Expression& operand) { return Holds(operand, current); };
    const std::vector<Expression>& operands = expression.operands;
    switch (expression.kind) {
      case Expression::Kind::kOr:
        return std::any_of(operands.begin(), operands.end(), holds);
      case Expression::Kind::kAnd:
        return std::all_of(operands.begin(), operands.end(), holds);
      case Expression::Kind::kNot:
        return !holds(operands.front());
      case Expression::Kind::kCompare:
        return Compare(expression.comparison, Value(operands[0], current),
                       Value(operands[1], current));
      case Expression::Kind::kQuery:
        return !Find(expression.query, current).empty();
      case Expression::Kind::kFunction:
        return Fits(expression, current);
      case Expression::Kind::kLiteral:
        break;
    }
    return false;
  }

  static bool Compare(Comparison comparison, const Operand& left, const Operand& right) {
    switch (comparison) {
      case Comparison::kEqual:
        return Equal(left, right);
      case Comparison::kNotEqual:
        return !Equal(left, right);
      case Comparison::kLess:
        return Less(left, right);
      case Comparison::kLessOrEqual:
        return Less(left, right) || Equal(left, right);
      case Comparison::kGreater:
        return Less(right, left);
      case Comparison::kGreaterOrEqual:
        return Less(right, left) || Equal(left, right);
    }
    return false;
  }

  static bool Equal(const Operand& left, const Operand& right) {
    if (left.nothing || right.nothing) return left.nothing && right.nothing;
    return left.value() == right.value();
  }

  // Only numbers and texts have an order.
  static bool Less(const Operand& left, const Operand& right) {
    if (left.nothing || right.nothing) return false;
    const Json& a = left.value();
    const Json& b = right.value();
    const bool comparable = (a.is_number() && b.is_number()) || (a.is_string() && b.is_string());
    return comparable && a < b;
  }

  Operand Value(const Expression& expression, const Json& current) {
    if (expression.kind == Expression::Kind::kLiteral) return Operand::Of(&expression.literal);
    if (expression.kind == Expression::Kind::kQuery) return Only(Find(expression.query, current));
    const Expression& argument = expression.operands.front();
    switch (expression.function) {
      case Function::kCount:
        return Operand::Computed(Find(argument.query, current).size());
      case Function::kValue:
        return Only(Find(argument.query, current));
      default:
        return Length(Value(argument, current));
    }
  }

  static Operand Only(const Nodes& nodes) {
    return Operand::Of(nodes.size() == 1 ? nodes.front() : nullptr);
  }

  static Operand Length(const Operand& operand) {
    if (operand.nothing) return operand;
    const Json& value = operand.value();
    if (value.is_structured()) return Operand::Computed(value.size());
    if (!value.is_string()) return {};
    const std::string& text = value.get_ref<const std::string&>();
    const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    return Operand::Computed(characters);
  }

  // match() and search(); false for anything that is no text or no pattern.
  bool Fits(const Expression& call, const Json& current) {
    const Operand text = Value(call.operands[0], current);
    const Operand pattern = Value(call.operands[1], current);
    if (text.nothing || pattern.nothing) return false;
    if (!text.value().is_string() || !pattern.value().is_string()) return false;
    const re2::RE2& regex = Compiled(pattern.value().get_ref<const std::string&>());
    const std::string& subject = text.value().get_ref<const std::string&>();
    if (!regex.ok()) return false;
    return call.function == Function::kMatch ? re2::RE2::FullMatch(subject, regex)
                                             : re2::RE2::PartialMatch(subject, regex);
  }

  // A pattern is compiled once, not once for every item of a list.
  const re2::RE2& Compiled(const std::string& pattern) {
    if (!regex_ || pattern != pattern_) {
      pattern_ = pattern;
      regex_ = std::make_unique<re2::RE2>(Translated(pattern), re2::RE2::Quiet);
    }
    return *regex_;
  }

  // The dot of I-Regexp matches all but CR and LF (RFC 9485 section 5); RE2's matches CR.
  static std::string Translated(std::string_view pattern) {
    std::string translated;
    bool in_class = false;
    for (size_t i = 0; i < pattern.size(); ++i) {
      const char c = pattern[i];
      if (c == '\\' && i + 1 < pattern.size()) {
        translated += c;
        translated += pattern[++i];
        continue;
      }
      if (c == '[') in_class = true;
      if (c == ']') in_class = false;
      translated += c == '.' && !in_class ? std::string("[^\\n\\r]") : std::string(1, c);
    }
    return translated;
  }

  const Json& root_;
  std::string pattern_;
  std::unique_ptr<re2::RE2> regex_;
};

std::string Keys(const Json& object) {
  constexpr size_t kMost = 12;
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) {
    if (keys.size() == kMost) {
      keys.push_back(fmt::format("and {} more", object.size() - kMost));
      break;
    }
    keys.push_back(key.size() > 40 ? key.substr(0, 40) + "..." : key);
  }
  return Visible(Join(keys, ", "));
}

std::string WhatStands(const Json& value) {
  if (value.is_object() && value.empty()) return "it is an empty object";
  if (value.is_object()) return fmt::format("keys are {}", Keys(value));
  if (value.is_array()) {
    return value.empty() ? "it is an empty list" : fmt::format("it is a list of {}", value.size());
  }
  return value.is_null() ? "it is null" : fmt::format("it is a {}", value.type_name());
}

std::string WhatWasSought(const Segment& segment, std::string_view text) {
  if (segment.descendant || segment.selectors.size() != 1) return std::string(text);
  const Selector& selector = segment.selectors.front();
  switch (selector.kind) {
    case Selector::Kind::kName:
      return fmt::format("\"{}\"", selector.name);
    case Selector::Kind::kIndex:
      return fmt::format("[{}]", *selector.start);
    case Selector::Kind::kWildcard:
      return "item";
    case Selector::Kind::kFilter:
      return fmt::format("item that fits {}", text);
    case Selector::Kind::kSlice:
      break;
  }
  return std::string(text);
}

}  // namespace
}  // namespace jsonpath

JsonPath::JsonPath(std::string text, std::shared_ptr<const jsonpath::Query> query)
    : text_(std::move(text)), query_(std::move(query)) {}

tl::expected<JsonPath, JsonPathError> JsonPath::Parse(std::string_view text) {
  tl::expected<jsonpath::Query, JsonPathError> query = jsonpath::ParseQuery(text);
  if (!query) return tl::unexpected(query.error());
  return JsonPath(std::string(text), std::make_shared<const jsonpath::Query>(std::move(*query)));
}

std::vector<const Json*> JsonPath::Evaluate(const Json& root) const {
  return jsonpath::Evaluator(root).Find(*query_, root);
}

bool JsonPath::IsSingular() const {
  return query_->IsSingular();
}

std::string JsonPath::Explain(const Json& root) const {
  jsonpath::Evaluator evaluator(root);
  jsonpath::Nodes nodes{&root};
  for (const jsonpath::Segment& segment : query_->segments) {
    jsonpath::Nodes found = evaluator.Step(segment, nodes);
    if (!found.empty()) {
      nodes = std::move(found);
      continue;
    }
    const std::string_view text = text_;
    const std::string sought =
        jsonpath::WhatWasSought(segment, text.substr(segment.offset, segment.length));
    const std::string_view reached = Trim(text.substr(0, segment.offset));
    if (nodes.size() > 1)
      return fmt::format("no {} in any of {} {}", sought, nodes.size(), reached);
    return fmt::format("no {} in {}; {}", sought, reached, jsonpath::WhatStands(*nodes.front()));
  }
  return {};
}

}  // namespace ctestbed

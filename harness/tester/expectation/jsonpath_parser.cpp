// Recursive descent over the grammar of RFC 9535 appendix A; a mistake is thrown inside this file
// and leaves it as a value.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/text.h"
#include "tester/expectation/jsonpath_query.h"

namespace ctestbed::jsonpath {
namespace {

constexpr int kDeepest = 64;

enum class Type { kValue, kNodes, kLogical };

struct FunctionEntry {
  std::string_view name;
  Function function;
  Type result;
  std::vector<Type> parameters;
};

const std::array<FunctionEntry, 5>& Functions() {
  static const std::array<FunctionEntry, 5> kFunctions{{
      {"count", Function::kCount, Type::kValue, {Type::kNodes}},
      {"length", Function::kLength, Type::kValue, {Type::kValue}},
      {"match", Function::kMatch, Type::kLogical, {Type::kValue, Type::kValue}},
      {"search", Function::kSearch, Type::kLogical, {Type::kValue, Type::kValue}},
      {"value", Function::kValue, Type::kValue, {Type::kNodes}},
  }};
  return kFunctions;
}

const FunctionEntry& EntryOf(Function function) {
  for (const FunctionEntry& entry : Functions()) {
    if (entry.function == function) return entry;
  }
  return Functions().front();
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool IsNameFirst(char c) {
  return IsLower(c) || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool IsNameChar(char c) {
  return IsNameFirst(c) || IsDigit(c);
}

void AppendUtf8(std::string& text, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6U);
    put(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12U);
    put(0x80 | (code >> 6U & 0x3FU));
    put(0x80 | (code & 0x3FU));
  } else {
    put(0xF0 | code >> 18U);
    put(0x80 | (code >> 12U & 0x3FU));
    put(0x80 | (code >> 6U & 0x3FU));
    put(0x80 | (code & 0x3FU));
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Query Path() {
    if (!Take("$")) Stop("a path must begin with '$'");
    Query query{false, Segments()};
    if (at_ < text_.size()) Stop(fmt::format("unexpected {}", Quote(Rest())));
    return query;
  }

 private:
  [[noreturn]] void Stop(std::string message) const { Stop(std::move(message), at_); }
  [[noreturn]] static void Stop(std::string message, size_t offset) {
    throw JsonPathError{std::move(message), offset};
  }

  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  std::string_view Rest() const { return text_.substr(at_, 12); }
  bool Take(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  void Expect(std::string_view token) {
    if (!Take(token)) Stop(fmt::format("expected '{}'", token));
  }
  void SkipBlank() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }

  std::vector<Segment> Segments() {
    std::vector<Segment> segments;
    for (;;) {
      const size_t before = at_;
      SkipBlank();
      if (Peek() != '.' && Peek() != '[') {
        at_ = before;  // blanks belong to a path only in front of a segment
        return segments;
      }
      segments.push_back(OneSegment());
    }
  }

  Segment OneSegment() {
    Segment segment;
    segment.offset = at_;
    segment.descendant = Take("..");
    if (Peek() == '[') {
      segment.selectors = Bracketed();
    } else if (segment.descendant || Take(".")) {
      segment.selectors.push_back(Shorthand());
    }
    segment.length = at_ - segment.offset;
    return segment;
  }

  Selector Shorthand() {
    Selector selector;
    if (Take("*")) return selector;
    if (!IsNameFirst(Peek())) Stop("expected a name, '*' or '['");
    selector.kind = Selector::Kind::kName;
    while (IsNameChar(Peek())) selector.name += text_[at_++];
    return selector;
  }

  std::vector<Selector> Bracketed() {
    std::vector<Selector> selectors;
    Expect("[");
    do {
      SkipBlank();
      selectors.push_back(OneSelector());
      SkipBlank();
    } while (Take(","));
    if (!Take("]")) Stop("expected ',' or ']'");
    return selectors;
  }

  Selector OneSelector() {
    Selector selector;
    if (Take("*")) return selector;
    if (Peek() == '\'' || Peek() == '"') {
      selector.kind = Selector::Kind::kName;
      selector.name = QuotedText();
    } else if (Take("?")) {
      selector.kind = Selector::Kind::kFilter;
      SkipBlank();
      selector.filter = std::make_shared<const Expression>(Logical());
    } else {
      IndexOrSlice(selector);
    }
    return selector;
  }

  void IndexOrSlice(Selector& selector) {
    selector.kind = Selector::Kind::kIndex;
    if (Peek() != ':') {
      selector.start = Integer();
      const size_t before = at_;
      SkipBlank();
      if (Peek() != ':') {
        at_ = before;
        return;
      }
    }
    selector.kind = Selector::Kind::kSlice;
    Expect(":");
    SkipBlank();
    if (IsDigit(Peek()) || Peek() == '-') selector.end = Integer();
    SkipBlank();
    if (!Take(":")) return;
    SkipBlank();
    if (IsDigit(Peek()) || Peek() == '-') selector.step = Integer();
  }

  std::int64_t Integer() {
    constexpr std::int64_t kMost = 9007199254740991;  // I-JSON, RFC 7493 section 2.2
    const size_t begin = at_;
    const bool negative = Take("-");
    if (!IsDigit(Peek())) Stop("expected a name in quotes, an index, a slice, '*' or '?'", begin);
    if (Peek() == '0' && (negative || IsDigit(Peek(1)))) {
      Stop("an index has no leading zero and is not -0", begin);
    }
    while (IsDigit(Peek())) ++at_;
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text_.data() + begin, text_.data() + at_, number);
    if (parsed.ec != std::errc() || number > kMost || number < -kMost) {
      Stop("an index must lie between -(2^53)+1 and (2^53)-1", begin);
    }
    return number;
  }

  std::string QuotedText() {
    const size_t begin = at_;
    const char quote = text_[at_++];
    std::string text;
    while (Peek() != quote) {
      if (at_ >= text_.size()) Stop("this quote is not closed", begin);
      if (static_cast<unsigned char>(Peek()) < 0x20) Stop("a control character must be escaped");
      if (Take("\\")) {
        Escape(text, quote);
      } else {
        text += text_[at_++];
      }
    }
    ++at_;
    return text;
  }

  void Escape(std::string& text, char quote) {
    constexpr std::string_view kLetters = "bfnrt/\\";
    constexpr std::string_view kMeanings = "\b\f\n\r\t/\\";
    const char c = Peek();
    const size_t known = c == '\0' ? std::string_view::npos : kLetters.find(c);
    if (c == quote) {
      text += quote;
      ++at_;
    } else if (known != std::string_view::npos) {
      text += kMeanings[known];
      ++at_;
    } else if (c == 'u') {
      UnicodeEscape(text);
    } else {
      Stop("unknown escape", at_ - 1);
    }
  }

  void UnicodeEscape(std::string& text) {
    const size_t begin = at_ - 1;
    std::uint32_t code = FourHexDigits();
    if (code >= 0xDC00 && code <= 0xDFFF) Stop("a low surrogate without its high one", begin);
    if (code >= 0xD800 && code <= 0xDBFF) {
      if (!Take("\\") || Peek() != 'u') Stop("a high surrogate without its low one", begin);
      const std::uint32_t low = FourHexDigits();
      if (low < 0xDC00 || low > 0xDFFF) Stop("a high surrogate without its low one", begin);
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    AppendUtf8(text, code);
  }

  std::uint32_t FourHexDigits() {
    ++at_;  // the u
    const std::string_view digits = text_.substr(at_, 4);
    std::uint32_t code = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || parsed.ptr != digits.data() + 4) Stop("expected four hex digits");
    at_ += 4;
    return code;
  }

  // Or and and, as one loop per level of precedence.
  Expression Logical() {
    if (++depth_ > kDeepest) Stop(fmt::format("nested over {} levels", kDeepest));
    Expression expression = Chain(Expression::Kind::kOr, "||");
    --depth_;
    return expression;
  }

  Expression Chain(Expression::Kind kind, std::string_view token) {
    const auto operand = [&] {
      return kind == Expression::Kind::kOr ? Chain(Expression::Kind::kAnd, "&&") : Basic();
    };
    Expression first = operand();
    Expression chain;
    chain.kind = kind;
    chain.operands.push_back(std::move(first));
    for (;;) {
      const size_t before = at_;
      SkipBlank();
      if (!Take(token)) {
        at_ = before;
        break;
      }
      SkipBlank();
      chain.operands.push_back(operand());
    }
    return chain.operands.size() > 1 ? std::move(chain) : Expression(std::move(chain.operands[0]));
  }

  Expression Basic() {
    if (Take("!")) {
      SkipBlank();
      if (Peek() != '(' && Peek() != '@' && Peek() != '$' && !IsLower(Peek())) {
        Stop("expected '(', a query or a function after '!'");
      }
      Expression negated;
      negated.kind = Expression::Kind::kNot;
      const size_t begin = at_;
      negated.operands.push_back(Peek() == '(' ? Parenthesized() : Test(Comparable(), begin));
      return negated;
    }
    if (Peek() == '(') return Parenthesized();
    const size_t begin = at_;
    Expression left = Comparable();
    const size_t end = at_;
    SkipBlank();
    const std::optional<Comparison> comparison = Operator();
    if (!comparison) {
      at_ = end;
      return Test(std::move(left), begin);
    }
    RequireValue(left, begin);
    SkipBlank();
    const size_t right_begin = at_;
    Expression right = Comparable();
    RequireValue(right, right_begin);
    Expression compare;
    compare.kind = Expression::Kind::kCompare;
    compare.comparison = *comparison;
    compare.operands.push_back(std::move(left));
    compare.operands.push_back(std::move(right));
    return compare;
  }

  Expression Parenthesized() {
    Expect("(");
    SkipBlank();
    Expression inner = Logical();
    SkipBlank();
    Expect(")");
    return inner;
  }

  std::optional<Comparison> Operator() {
    constexpr std::array<std::pair<std::string_view, Comparison>, 6> kOperators{
        {{"==", Comparison::kEqual},
         {"!=", Comparison::kNotEqual},
         {"<=", Comparison::kLessOrEqual},
         {">=", Comparison::kGreaterOrEqual},
         {"<", Comparison::kLess},
         {">", Comparison::kGreater}}};
    for (const auto& [token, comparison] : kOperators) {
      if (Take(token)) return comparison;
    }
    return std::nullopt;
  }

  // A literal, a query or a function call.
  Expression Comparable() {
    Expression expression;
    if (Peek() == '@' || Peek() == '$') {
      expression.kind = Expression::Kind::kQuery;
      expression.query.relative = text_[at_++] == '@';
      expression.query.segments = Segments();
    } else if (Peek() == '\'' || Peek() == '"') {
      expression.literal = QuotedText();
    } else if (IsDigit(Peek()) || Peek() == '-') {
      expression.literal = Number();
    } else if (IsLower(Peek())) {
      Word(expression);
    } else {
      Stop("expected a query, a literal or a function");
    }
    return expression;
  }

  Json Number() {
    const size_t begin = at_;
    const auto digits = [&] {
      if (!IsDigit(Peek())) Stop("expected a digit");
      while (IsDigit(Peek())) ++at_;
    };
    Take("-");
    if (Peek() == '0' && IsDigit(Peek(1))) Stop("a number has no leading zero", begin);
    digits();
    if (Take(".")) digits();
    if (Take("e") || Take("E")) {
      if (!Take("-")) Take("+");
      digits();
    }
    const Result<Json> number = ParseJson(text_.substr(begin, at_ - begin));
    if (!number) Stop("this number is out of range", begin);
    return *number;
  }

  void Word(Expression& expression) {
    const size_t begin = at_;
    while (IsLower(Peek()) || IsDigit(Peek()) || Peek() == '_') ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (Peek() == '(') {
      Call(expression, word, begin);
    } else if (word == "true" || word == "false") {
      expression.literal = word == "true";
    } else if (word != "null") {
      Stop(fmt::format("unexpected word {}; texts stand in quotes", Quote(word)), begin);
    }
  }

  void Call(Expression& call, std::string_view name, size_t begin) {
    const FunctionEntry* entry = nullptr;
    std::vector<std::string> names;
    for (const FunctionEntry& candidate : Functions()) {
      names.emplace_back(candidate.name);
      if (candidate.name == name) entry = &candidate;
    }
    if (entry == nullptr) {
      Stop(fmt::format("unknown function {}; known functions: {}", Quote(name), Join(names, ", ")),
           begin);
    }
    call.kind = Expression::Kind::kFunction;
    call.function = entry->function;
    if (++depth_ > kDeepest) Stop(fmt::format("nested over {} levels", kDeepest));
    Expect("(");
    for (const Type type : entry->parameters) {
      SkipBlank();
      if (!call.operands.empty()) {
        Expect(",");
        SkipBlank();
      }
      call.operands.push_back(Argument(type));
    }
    SkipBlank();
    Expect(")");
    --depth_;
  }

  Expression Argument(Type type) {
    const size_t begin = at_;
    Expression argument = Comparable();
    if (type == Type::kValue) RequireValue(argument, begin);
    if (type == Type::kNodes && argument.kind != Expression::Kind::kQuery) {
      Stop("this argument must be a query", begin);
    }
    return argument;
  }

  // Well-typedness, RFC 9535 section 2.4.3.
  static void RequireValue(const Expression& expression, size_t begin) {
    if (expression.kind == Expression::Kind::kQuery && !expression.query.IsSingular()) {
      Stop("only a path of names and indexes has one value to compare", begin);
    }
    if (expression.kind == Expression::Kind::kFunction &&
        EntryOf(expression.function).result != Type::kValue) {
      Stop(fmt::format("{}() is true or false; it cannot be compared",
                       EntryOf(expression.function).name),
           begin);
    }
  }

  static Expression Test(Expression expression, size_t begin) {
    if (expression.kind == Expression::Kind::kLiteral) {
      Stop("a literal must be compared with something", begin);
    }
    if (expression.kind == Expression::Kind::kFunction &&
        EntryOf(expression.function).result == Type::kValue) {
      Stop(fmt::format("the value of {}() must be compared with something",
                       EntryOf(expression.function).name),
           begin);
    }
    return expression;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

bool Query::IsSingular() const {
  for (const Segment& segment : segments) {
    if (segment.descendant || segment.selectors.size() != 1) return false;
    const Selector::Kind kind = segment.selectors.front().kind;
    if (kind != Selector::Kind::kName && kind != Selector::Kind::kIndex) return false;
  }
  return true;
}

tl::expected<Query, JsonPathError> ParseQuery(std::string_view text) {
  const size_t invalid = FindInvalidUtf8(text);
  if (invalid != std::string_view::npos) {
    return tl::unexpected(JsonPathError{"this is no UTF-8", invalid});
  }
  try {
    return Parser(text).Path();
  } catch (const JsonPathError& error) {
    return tl::unexpected(error);
  }
}

}  // namespace ctestbed::jsonpath

#include "cover/constraint_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace ctestbed {
namespace {

// Either side of a formula as "or" of terms: what makes it true, and what makes it false.
struct Formula {
  std::vector<Term> holds;
  std::vector<Term> fails;
};

constexpr size_t kMostTerms = 100'000;

// `term` and `literal`; nothing if they exclude each other.
std::optional<Term> Narrowed(Term term, const Literal& literal) {
  const auto same = std::find_if(term.begin(), term.end(),
                                 [&](const Literal& other) { return other.axis == literal.axis; });
  if (same == term.end()) {
    term.push_back(literal);
    return term;
  }
  for (size_t i = 0; i < same->values.size(); ++i) {
    same->values[i] = same->values[i] && literal.values[i];
  }
  if (std::find(same->values.begin(), same->values.end(), true) == same->values.end()) return {};
  return term;
}

std::vector<Term> Both(const std::vector<Term>& a, const std::vector<Term>& b) {
  std::vector<Term> both;
  for (const Term& left : a) {
    for (const Term& right : b) {
      std::optional<Term> joined = left;
      for (const Literal& literal : right) {
        if (joined) joined = Narrowed(std::move(*joined), literal);
      }
      if (joined && both.size() < kMostTerms) both.push_back(std::move(*joined));
    }
  }
  return both;
}

std::vector<Term> Either(std::vector<Term> a, const std::vector<Term>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Formula Not(Formula a) {
  std::swap(a.holds, a.fails);
  return a;
}
Formula And(const Formula& a, const Formula& b) {
  return {Both(a.holds, b.holds), Either(a.fails, b.fails)};
}
Formula Or(const Formula& a, const Formula& b) {
  return Not(And(Not(a), Not(b)));
}

// Of a comparison; numbers as numbers if both are.
int Order(const std::string& a, const std::string& b) {
  double x = 0;
  double y = 0;
  const auto is_number = [](const std::string& text, double& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
  };
  if (is_number(a, x) && is_number(b, y)) return (x > y) - (x < y);
  return a.compare(b);
}

bool Compare(const std::string& a, std::string_view op, const std::string& b) {
  const int order = Order(a, b);
  if (op == "=" || op == "==") return order == 0;
  if (op == "<>" || op == "!=") return order != 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">") return order > 0;
  return order >= 0;
}

struct Token {
  enum class Kind { kWord, kQuoted, kAxis, kSymbol, kEnd } kind = Kind::kEnd;
  std::string text;
  size_t column = 0;
};

class ConstraintParser {
 public:
  ConstraintParser(std::string_view text, const std::vector<NamedAxis>& axes)
      : text_(text), axes_(axes) {}

  Result<Formula> Parse() {
    TRY_DO(Advance());
    TRY(Formula formula, Implication());
    if (token_.kind != Token::Kind::kEnd) return Unexpected("the end");
    return formula;
  }

 private:
  Status Advance() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    token_ = {Token::Kind::kEnd, {}, at_ + 1};
    if (at_ == text_.size()) return {};
    const char first = text_[at_];
    if (first == '"') return Enclosed('"', Token::Kind::kQuoted);
    if (first == '[') return Enclosed(']', Token::Kind::kAxis);
    for (const std::string_view symbol : {"=>", "==", "<>", "!=", "<=", ">=", "&&", "||", "=", "<",
                                          ">", "!", "(", ")", "{", "}", ","}) {
      if (text_.substr(at_, symbol.size()) != symbol) continue;
      return Take(Token::Kind::kSymbol, symbol.size());
    }
    const size_t end = text_.find_first_of(" \t\r\n\"[]=<>!&|(){},", at_);
    return Take(Token::Kind::kWord, std::min(end, text_.size()) - at_);
  }

  Status Take(Token::Kind kind, size_t length) {
    token_.kind = kind;
    token_.text = text_.substr(at_, length);
    at_ += std::max<size_t>(length, 1);
    return {};
  }

  Status Enclosed(char close, Token::Kind kind) {
    const size_t end = text_.find(close, at_ + 1);
    if (end == std::string_view::npos) {
      return Error(token_.column, fmt::format("'{}' is missing", close));
    }
    token_.kind = kind;
    token_.text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return {};
  }

  static tl::unexpected<ctestbed::Error> Error(size_t column, const std::string& message) {
    return Fail(ErrorKind::kInvalid, fmt::format("{}: error: {}", column, message));
  }
  tl::unexpected<ctestbed::Error> Unexpected(std::string_view expected) const {
    return Error(token_.column, fmt::format("'{}': expected {}", token_.text, expected));
  }

  bool Is(std::string_view word) const {
    if (token_.kind != Token::Kind::kWord && token_.kind != Token::Kind::kSymbol) return false;
    return std::equal(
        token_.text.begin(), token_.text.end(), word.begin(), word.end(),
        [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
  }
  Result<bool> Skip(std::string_view word) {
    if (!Is(word)) return false;
    TRY_DO(Advance());
    return true;
  }

  Result<Formula> Implication() {
    TRY(const bool conditional, Skip("IF"));
    TRY(Formula condition, Disjunction());
    if (!conditional) {
      TRY(const bool implies, Skip("=>"));
      if (!implies) return condition;
      TRY(const Formula conclusion, Disjunction());
      return Or(Not(condition), conclusion);
    }
    TRY(const bool then, Skip("THEN"));
    if (!then) return Unexpected("THEN");
    TRY(const Formula conclusion, Disjunction());
    const Formula implication = Or(Not(condition), conclusion);
    TRY(const bool otherwise, Skip("ELSE"));
    if (!otherwise) return implication;
    TRY(const Formula alternative, Disjunction());
    return And(implication, Or(condition, alternative));
  }

  Result<Formula> Disjunction() {
    TRY(Formula formula, Conjunction());
    while (Is("OR") || Is("||")) {
      TRY_DO(Advance());
      TRY(const Formula next, Conjunction());
      formula = Or(formula, next);
    }
    return formula;
  }

  Result<Formula> Conjunction() {
    TRY(Formula formula, Factor());
    while (Is("AND") || Is("&&")) {
      TRY_DO(Advance());
      TRY(const Formula next, Factor());
      formula = And(formula, next);
    }
    return formula;
  }

  Result<Formula> Factor() {
    if (++depth_ > 100) return Error(token_.column, "nested too deeply");
    if (Is("NOT") || Is("!")) {
      TRY_DO(Advance());
      TRY(Formula formula, Factor());
      --depth_;
      return Not(std::move(formula));
    }
    TRY(const bool grouped, Skip("("));
    TRY(Formula formula, grouped ? Implication() : Comparison());
    if (grouped) {
      TRY(const bool closed, Skip(")"));
      if (!closed) return Unexpected("')'");
    }
    --depth_;
    return formula;
  }

  Result<int> Axis() {
    for (size_t i = 0; i < axes_.size(); ++i) {
      if (axes_[i].name != token_.text || token_.kind == Token::Kind::kQuoted) continue;
      TRY_DO(Advance());
      return static_cast<int>(i);
    }
    return Unexpected("a parameter");
  }

  bool AtAxis() const {
    return token_.kind == Token::Kind::kAxis ||
           (token_.kind == Token::Kind::kWord &&
            std::any_of(axes_.begin(), axes_.end(),
                        [&](const NamedAxis& axis) { return axis.name == token_.text; }));
  }

  Result<std::string> Value() {
    if (token_.kind != Token::Kind::kQuoted && token_.kind != Token::Kind::kWord) {
      return Unexpected("a value");
    }
    std::string value = token_.text;
    TRY_DO(Advance());
    return value;
  }

  Result<Formula> Comparison() {
    TRY(const int axis, Axis());
    TRY(const bool negated, Skip("NOT"));
    TRY(const bool listed, Skip("IN"));
    if (listed) {
      TRY(Formula formula, Listed(axis));
      return negated ? Not(std::move(formula)) : formula;
    }
    const std::string op = token_.text;
    const auto ops = {"=", "==", "<>", "!=", "<", "<=", ">", ">="};
    if (negated || std::find(ops.begin(), ops.end(), op) == ops.end()) {
      return Unexpected("=, <>, <, <=, >, >= or IN");
    }
    TRY_DO(Advance());
    if (AtAxis()) {
      TRY(const int other, Axis());
      return Related(axis, op, other);
    }
    const size_t column = token_.column;
    TRY(const std::string value, Value());
    const auto& values = axes_[static_cast<size_t>(axis)].values;
    const bool by_name = op == "=" || op == "==" || op == "<>" || op == "!=";
    if (by_name && std::none_of(values.begin(), values.end(),
                                [&](const std::string& name) { return Order(name, value) == 0; })) {
      return Error(column, NoValue(axis, value));
    }
    return Where(axis, [&](const std::string& name) { return Compare(name, op, value); });
  }

  std::string NoValue(int axis, const std::string& value) const {
    return fmt::format("'{}' has no value '{}'", axes_[static_cast<size_t>(axis)].name, value);
  }

  Result<Formula> Listed(int axis) {
    TRY(const bool opened, Skip("{"));
    if (!opened) return Unexpected("'{'");
    std::vector<std::string> values;
    while (true) {
      TRY(std::string value, Value());
      values.push_back(std::move(value));
      TRY(const bool closed, Skip("}"));
      if (closed) break;
      TRY(const bool more, Skip(","));
      if (!more) return Unexpected("',' or '}'");
    }
    return Where(axis, [&](const std::string& name) {
      return std::any_of(values.begin(), values.end(),
                         [&](const std::string& value) { return Order(name, value) == 0; });
    });
  }

  template <typename Predicate>
  Formula Where(int axis, Predicate predicate) const {
    Literal holds{axis, {}};
    Literal fails{axis, {}};
    for (const std::string& name : axes_[static_cast<size_t>(axis)].values) {
      holds.values.push_back(predicate(name));
      fails.values.push_back(!holds.values.back());
    }
    const auto terms = [](const Literal& literal) {
      const bool any =
          std::find(literal.values.begin(), literal.values.end(), true) != literal.values.end();
      return any ? std::vector<Term>{{literal}} : std::vector<Term>{};
    };
    return {terms(holds), terms(fails)};
  }

  // One comparison with another parameter: a case for each of its values.
  Formula Related(int axis, const std::string& op, int other) const {
    Formula formula;
    for (const std::string& value : axes_[static_cast<size_t>(other)].values) {
      const Formula at = Where(other, [&](const std::string& name) { return name == value; });
      const Formula left =
          Where(axis, [&](const std::string& name) { return Compare(name, op, value); });
      formula.holds = Either(formula.holds, Both(at.holds, left.holds));
      formula.fails = Either(formula.fails, Both(at.holds, left.fails));
    }
    return formula;
  }

  std::string_view text_;
  const std::vector<NamedAxis>& axes_;
  size_t at_ = 0;
  Token token_;
  int depth_ = 0;
};

}  // namespace

Result<std::vector<PartialRow>> CombinationsOf(const Term& term) {
  std::vector<PartialRow> combinations(1);
  for (const Literal& literal : term) {
    if (std::find(literal.values.begin(), literal.values.end(), false) == literal.values.end()) {
      continue;
    }
    std::vector<PartialRow> longer;
    for (const PartialRow& combination : combinations) {
      for (size_t value = 0; value < literal.values.size(); ++value) {
        if (!literal.values[value]) continue;
        longer.push_back(combination);
        longer.back().push_back({literal.axis, static_cast<int>(value)});
      }
    }
    combinations = std::move(longer);
    if (combinations.size() > kMostTerms) {
      return Fail(ErrorKind::kInvalid, "1: error: the constraint forbids too many combinations");
    }
  }
  return combinations;
}

Result<std::vector<PartialRow>> ForbiddenBy(std::string_view text,
                                            const std::vector<NamedAxis>& axes) {
  TRY(const Formula formula, ConstraintParser(text, axes).Parse());
  std::vector<PartialRow> forbidden;
  for (const Term& term : formula.fails) {
    TRY(const std::vector<PartialRow> combinations, CombinationsOf(term));
    forbidden.insert(forbidden.end(), combinations.begin(), combinations.end());
    if (forbidden.size() > kMostTerms) {
      return Fail(ErrorKind::kInvalid, "1: error: the constraint forbids too many combinations");
    }
  }
  for (PartialRow& partial : forbidden) std::sort(partial.begin(), partial.end());
  std::sort(forbidden.begin(), forbidden.end());
  forbidden.erase(std::unique(forbidden.begin(), forbidden.end()), forbidden.end());
  return forbidden;
}

}  // namespace ctestbed

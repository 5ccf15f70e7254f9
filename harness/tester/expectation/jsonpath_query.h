// The tree of a parsed JSONPath, between the parser and the evaluation.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tester/expectation/jsonpath.h"

namespace ctestbed::jsonpath {

struct Expression;

struct Selector {
  enum class Kind { kName, kWildcard, kIndex, kSlice, kFilter };
  Kind kind = Kind::kWildcard;
  std::string name;
  std::optional<std::int64_t> start;  // of a slice; the index itself of kIndex
  std::optional<std::int64_t> end;
  std::optional<std::int64_t> step;
  std::shared_ptr<const Expression> filter;
};

struct Segment {
  bool descendant = false;
  std::vector<Selector> selectors;
  size_t offset = 0;  // of its text in the whole path
  size_t length = 0;
};

struct Query {
  bool relative = false;  // begins with @ instead of $
  std::vector<Segment> segments;

  bool IsSingular() const;
};

enum class Comparison { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
enum class Function { kLength, kCount, kMatch, kSearch, kValue };

// A filter expression: logical ones and what they compare.
struct Expression {
  enum class Kind { kOr, kAnd, kNot, kCompare, kQuery, kFunction, kLiteral };
  Kind kind = Kind::kLiteral;
  std::vector<Expression> operands;  // arguments of a function
  Comparison comparison = Comparison::kEqual;
  Function function = Function::kLength;
  Query query;
  Json literal;
};

tl::expected<Query, JsonPathError> ParseQuery(std::string_view text);

}  // namespace ctestbed::jsonpath

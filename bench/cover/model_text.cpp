#include "cover/model_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ctestbed {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view WithoutQuotes(std::string_view text) {
  text = Trim(text);
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const size_t comma = text.find(',');
    parts.emplace_back(WithoutQuotes(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

struct Line {
  std::string_view text;  // without what stands around it
  size_t number = 0;
  size_t column = 1;
};

std::vector<Line> LinesOf(std::string_view text) {
  std::vector<Line> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const std::string_view whole = text.substr(0, end);
    const std::string_view trimmed = Trim(whole);
    if (!trimmed.empty() && trimmed[0] != '#') {
      lines.push_back({trimmed, number, whole.find(trimmed) + 1});
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

class ModelReader {
 public:
  explicit ModelReader(std::string file) : file_(std::move(file)) {}

  tl::unexpected<Error> Wrong(const Line& line, const std::string& message) const {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{}:{}:{}: error: {}", file_, line.number, line.column, message));
  }

  Status AddAxis(const Line& line, std::string_view name, std::string_view values) {
    NamedAxis axis{std::string(WithoutQuotes(name)), Split(values)};
    if (axis.name.empty()) return Wrong(line, "a parameter needs a name");
    for (const std::string& value : axis.values) {
      if (value.empty()) return Wrong(line, "a value is missing");
      if (value[0] == '~') return Wrong(line, "negative values ('~') are not supported");
    }
    model_.levels.push_back(static_cast<int>(axis.values.size()));
    axes_.push_back(std::move(axis));
    return {};
  }

  // `names` up to a closing bracket.
  Status AddDemand(const Line& line, std::string_view names, std::string_view strength) {
    StrengthDemand demand;
    strength = Trim(strength);
    const auto [end, error] =
        std::from_chars(strength.data(), strength.data() + strength.size(), demand.strength);
    if (error != std::errc() || end != strength.data() + strength.size()) {
      return Wrong(line, fmt::format("'{}': expected a strength", strength));
    }
    for (const std::string& name : Split(names)) {
      const auto axis = std::find_if(axes_.begin(), axes_.end(),
                                     [&](const NamedAxis& other) { return other.name == name; });
      if (axis == axes_.end()) return Wrong(line, fmt::format("unknown parameter '{}'", name));
      demand.axes.push_back(static_cast<int>(axis - axes_.begin()));
    }
    model_.demands.push_back(std::move(demand));
    return {};
  }

  Status AddConstraint(const Line& first, std::string_view text) {
    auto forbidden = ForbiddenBy(text, axes_);
    if (!forbidden) {
      // Columns count within the constraint, which may have several lines.
      const std::string& message = forbidden.error().message;
      const size_t colon = std::min(message.find(':'), message.size());
      size_t at = 1;
      std::from_chars(message.data(), message.data() + colon, at);
      const std::string_view before = text.substr(0, at - 1);
      const auto breaks = static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
      const size_t column = breaks == 0 ? first.column + at - 1 : at - before.rfind('\n') - 1;
      return Fail(ErrorKind::kInvalid, fmt::format("{}:{}:{}{}", file_, first.number + breaks,
                                                   column, message.substr(colon)));
    }
    model_.forbidden.insert(model_.forbidden.end(), forbidden->begin(), forbidden->end());
    return {};
  }

  CoverModel Take() { return std::move(model_); }

 private:
  std::string file_;
  std::vector<NamedAxis> axes_;
  CoverModel model_;
};

// The text from one line of the whole to another.
std::string_view Between(const Line& first, const Line& last) {
  const char* end = last.text.data() + last.text.size();
  return {first.text.data(), static_cast<size_t>(end - first.text.data())};
}

Status ReadRelation(ModelReader& reader, const Line& line) {
  const size_t open = line.text.find('(');
  const size_t close = line.text.find(')');
  const size_t colon = line.text.rfind(':');
  if (open == std::string_view::npos || close == std::string_view::npos || colon < close) {
    return reader.Wrong(line, "expected NAME : (A, B), Strength: N");
  }
  return reader.AddDemand(line, line.text.substr(open + 1, close - open - 1),
                          line.text.substr(colon + 1));
}

struct Number {
  long value = 0;
  char sign = '+';
};

// Numbers with signs that may stand apart; `-` is what CASA puts before a negated value.
Result<std::vector<Number>> NumbersOf(std::string_view text, const std::string& file) {
  std::vector<Number> numbers;
  char sign = '+';
  const ModelReader reader(file);
  for (const Line& line : LinesOf(text)) {
    const char* at = line.text.data();
    const char* const end = at + line.text.size();
    while (at != end) {
      if (*at == '-' || *at == '+') {
        sign = *at++;
      } else if (*at == ' ' || *at == '\t') {
        ++at;
      } else {
        Number number{0, sign};
        const auto [next, error] = std::from_chars(at, end, number.value);
        if (error != std::errc()) {
          Line there = line;
          there.column += static_cast<size_t>(at - line.text.data());
          return reader.Wrong(there, fmt::format("'{}': expected a number", *at));
        }
        numbers.push_back(number);
        sign = '+';
        at = next;
      }
    }
  }
  return numbers;
}

Status AddClause(CoverModel& model, const std::vector<Number>& clause) {
  Term fails;
  for (const Number& number : clause) {
    long symbol = number.value;
    int axis = 0;
    while (axis < static_cast<int>(model.levels.size()) && symbol >= model.levels[Index(axis)]) {
      symbol -= model.levels[Index(axis++)];
    }
    if (axis == static_cast<int>(model.levels.size())) {
      return Fail(ErrorKind::kInvalid, fmt::format("there is no value {}", number.value));
    }
    std::vector<bool> values(static_cast<size_t>(model.levels[Index(axis)]), number.sign == '+');
    values[static_cast<size_t>(symbol)] = number.sign == '-';
    fails.push_back({axis, std::move(values)});
  }
  // Two positive values of one axis: both must be missed.
  Term joined;
  for (const Literal& literal : fails) {
    const auto same = std::find_if(joined.begin(), joined.end(), [&](const Literal& other) {
      return other.axis == literal.axis;
    });
    if (same == joined.end()) {
      joined.push_back(literal);
      continue;
    }
    for (size_t i = 0; i < literal.values.size(); ++i) {
      same->values[i] = same->values[i] && literal.values[i];
    }
  }
  TRY(const std::vector<PartialRow> forbidden, CombinationsOf(joined));
  model.forbidden.insert(model.forbidden.end(), forbidden.begin(), forbidden.end());
  return {};
}

}  // namespace

Result<CoverModel> ModelFromPict(std::string_view text, const std::string& file) {
  ModelReader reader(file);
  const std::vector<Line> lines = LinesOf(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    const size_t colon = line.text.find(':');
    const bool constraint = line.text.starts_with("IF") || line.text.starts_with("[") ||
                            line.text.starts_with("(") || line.text.starts_with("NOT");
    if (line.text[0] == '{') {
      const size_t close = line.text.find('}');
      const size_t at = line.text.find('@');
      if (close > at || at == std::string_view::npos) {
        return reader.Wrong(line, "expected { A, B } @ STRENGTH");
      }
      TRY_DO(reader.AddDemand(line, line.text.substr(1, close - 1), line.text.substr(at + 1)));
    } else if (constraint) {
      while (lines[i].text.back() != ';') {
        if (++i == lines.size()) return reader.Wrong(line, "the constraint lacks a ';'");
      }
      std::string_view whole = Between(line, lines[i]);
      whole.remove_suffix(1);
      TRY_DO(reader.AddConstraint(line, whole));
    } else if (colon == std::string_view::npos) {
      return reader.Wrong(line, "expected NAME: VALUE, VALUE or a constraint");
    } else {
      TRY_DO(reader.AddAxis(line, line.text.substr(0, colon), line.text.substr(colon + 1)));
    }
  }
  return reader.Take();
}

Result<CoverModel> ModelFromActs(std::string_view text, const std::string& file) {
  ModelReader reader(file);
  std::string_view section;
  for (const Line& line : LinesOf(text)) {
    if (line.text.starts_with("--")) continue;
    if (line.text[0] == '[') {
      section = line.text;
    } else if (section == "[Parameter]") {
      const size_t colon = line.text.find(':');
      if (colon == std::string_view::npos) {
        return reader.Wrong(line, "expected NAME (TYPE) : VALUE, VALUE");
      }
      const std::string_view head = line.text.substr(0, colon);
      TRY_DO(reader.AddAxis(line, head.substr(0, head.find('(')), line.text.substr(colon + 1)));
    } else if (section == "[Relation]") {
      TRY_DO(ReadRelation(reader, line));
    } else if (section == "[Constraint]") {
      TRY_DO(reader.AddConstraint(line, line.text));
    }
  }
  return reader.Take();
}

Result<CoverModel> ModelFromCasa(std::string_view text, const std::string& file,
                                 std::string_view constraints,
                                 const std::string& constraints_file) {
  TRY(const std::vector<Number> numbers, NumbersOf(text, file));
  const auto wrong = [](const std::string& name, std::string_view message) {
    return Fail(ErrorKind::kInvalid, fmt::format("{}:1:1: error: {}", name, message));
  };
  if (numbers.size() < 2 || numbers[1].value != static_cast<long>(numbers.size()) - 2) {
    return wrong(file, "expected the strength, the number of axes, and their numbers of values");
  }
  CoverModel model{.strength = static_cast<int>(numbers[0].value)};
  for (size_t i = 2; i < numbers.size(); ++i) {
    model.levels.push_back(static_cast<int>(numbers[i].value));
  }
  TRY(const std::vector<Number> clauses, NumbersOf(constraints, constraints_file));
  for (size_t at = 1; at < clauses.size();) {
    const auto length = static_cast<size_t>(clauses[at].value);
    if (length > clauses.size() - at - 1) return wrong(constraints_file, "a clause is cut off");
    const auto first = clauses.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    const auto added = AddClause(model, {first, first + static_cast<std::ptrdiff_t>(length)});
    if (!added) return wrong(constraints_file, added.error().message);
    at += length + 1;
  }
  return model;
}

}  // namespace ctestbed

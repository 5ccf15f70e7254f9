#include "tester/http/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/reference.h"
#include "base/text.h"
#include "tester/expectation/variables.h"
#include "tester/http/http_tester.h"
#include "tester/http/step_reader.h"

namespace ctestbed {
namespace {

constexpr std::array<Field, 7> kSuiteFields{{
    {"base", Shape::kText, "URL that paths are appended to: ${services.api.url}"},
    {"headers", Shape::kTextMap, "headers of every request"},
    {"variables", Shape::kMap, "values that ${...} may name"},
    {"secrets", Shape::kTextList, "variables whose values are never shown"},
    {"setup", Shape::kList, "steps before the first test; what they save every test sees"},
    {"tests", Shape::kList, "the tests, in order", true},
    {"finally", Shape::kList, "steps after the last test, whatever happened"},
}};

constexpr std::array<Field, 8> kTestFields{{
    {"name", Shape::kText, "default: the request"},
    {"steps", Shape::kList, "several requests, in order"},
    {"finally", Shape::kList, "steps after the others, whatever happened"},
    {"rows", Shape::kList, "maps of variables; the test runs once with each"},
    {"skip", Shape::kText, "the reason why it does not run"},
    {"expect", Shape::kMap, "what the answer must be like"},
    {"save", Shape::kMap, "values to keep for later steps"},
    {"until", Shape::kMap, "repeat the request until all that is expected holds"},
}};

using Names = std::set<std::string, std::less<>>;

// References that name what the environment gives have a dot or a colon; only others can be known
// from the suite alone.
void CheckReferences(const Document& document, const Names& known, Diagnostics& problems) {
  VisitReferences(document, [&](const Result<std::string>& name, const SourceMark& mark) {
    if (!name) return problems.Error(mark, name.error().message);
    const bool given = name->find_first_of(".:") != std::string::npos || *name == "preset";
    if (given || known.contains(*name)) return;
    problems.Error(mark, fmt::format("undefined variable {}", Quote(*name)),
                   DidYouMean(*name, {known.begin(), known.end()}, "variables"));
  });
}

class Reader {
 public:
  Reader(const Suite& suite, Diagnostics& problems)
      : own_(OnlyEntries(suite.body, IsOwn)),
        fields_(own_, "suite", kSuiteFields, problems),
        problems_(problems) {}

  HttpSuite Read() {
    suite_.base = fields_.Text("base");
    if (const Document* headers = fields_.Find("headers")) suite_.headers = headers->entries;
    if (const Document* variables = fields_.Find("variables")) {
      suite_.variables = variables->entries;
    }
    suite_.setup = Steps("setup");
    if (const Document* tests = fields_.Find("tests")) {
      for (const Document& test : tests->items) ReadTest(test);
    }
    suite_.finally = Steps("finally");
    const Names known = KnownVariables();
    ReadSecrets(known);
    CheckAllReferences(known);
    CheckBase();
    return std::move(suite_);
  }

 private:
  static bool IsOwn(const Document::Entry& entry) {
    return std::any_of(kSuiteFields.begin(), kSuiteFields.end(),
                       [&](const Field& field) { return field.key == entry.key.value; });
  }

  std::vector<HttpStep> Steps(std::string_view key) {
    const Document* list = fields_.Find(key);
    return list == nullptr ? std::vector<HttpStep>{} : ReadHttpSteps(*list, problems_);
  }

  void ReadTest(const Document& map) {
    const bool has_request = std::any_of(map.entries.begin(), map.entries.end(), IsRequest);
    const Document rest =
        OnlyEntries(map, [](const Document::Entry& entry) { return !IsRequest(entry); });
    const Fields fields(rest, "test", kTestFields, problems_);
    if (!map.IsMap()) return;
    HttpTest test;
    if (const auto skip = fields.Text("skip")) {
      test.skip = skip->value;
      if (skip->value.empty()) problems_.Error(skip->mark, "'skip' must be a reason");
    }
    if (fields.Has("steps")) {
      test.steps = ReadHttpSteps(*fields.Find("steps"), problems_);
      CheckNoRequestBeside(map);
    } else {
      test.steps.push_back(ReadHttpStep(map, fields, problems_));
    }
    if (const Document* list = fields.Find("finally")) {
      test.finally = ReadHttpSteps(*list, problems_);
    }
    AddCases(NameOf(map, fields, has_request), fields.Find("rows"), std::move(test));
  }

  void CheckNoRequestBeside(const Document& map) {
    if (map.Find("steps")->items.empty()) {
      problems_.Error(map.Find("steps")->mark, "'steps' must hold at least one step");
    }
    for (const Document::Entry& entry : map.entries) {
      const std::string& key = entry.key.value;
      if (IsRequest(entry) || key == "expect" || key == "save" || key == "until") {
        problems_.Error(entry.key.mark, fmt::format("{} cannot stand beside 'steps'", Quote(key)),
                        "make it one of the steps, or part of one");
      }
    }
  }

  Located<std::string> NameOf(const Document& map, const Fields& fields, bool has_request) {
    if (const auto name = fields.Text("name")) return *name;
    if (has_request) {
      return std::find_if(map.entries.begin(), map.entries.end(), IsRequest)->key;
    }
    problems_.Error(map.mark, "a test needs a name or a request such as 'GET /path'");
    return {"", map.mark};
  }

  void AddCases(const Located<std::string>& name, const Document* rows, HttpTest test) {
    suite_.tests.push_back(std::move(test));
    const size_t index = suite_.tests.size() - 1;
    if (rows == nullptr) return AddCase({{name.value, name.mark}, index, {}});
    CheckRows(*rows);
    const bool numbered = !HasReferences(name.value);
    for (size_t i = 0; i < rows->items.size(); ++i) {
      const Document& row = rows->items[i];
      std::string row_name =
          numbered ? fmt::format("{} #{}", name.value, i + 1) : NameForRow(name, row);
      AddCase({{std::move(row_name), row.mark}, index, row.entries});
    }
  }

  std::string NameForRow(const Located<std::string>& name, const Document& row) {
    const auto expanded = Expand(name.value, [&](std::string_view key) {
      const Document* value = row.Find(key);
      return value == nullptr ? std::nullopt : std::optional(TextOf(JsonOf(*value)));
    });
    if (expanded) return *expanded;
    problems_.Error(name.mark, fmt::format("{} in the name of a test", expanded.error().message),
                    "a name can use the keys of its rows alone");
    return name.value;
  }

  void CheckRows(const Document& rows) {
    if (rows.items.empty()) problems_.Error(rows.mark, "'rows' must hold at least one row");
    for (const Document& row : rows.items) {
      if (!CheckShape(row, Shape::kMap, "row", problems_)) continue;
      for (const Document::Entry& entry : rows.items.front().entries) {
        if (row.Find(entry.key.value) != nullptr) continue;
        problems_.Error(row.mark, fmt::format("this row lacks {}, which the first one has",
                                              Quote(entry.key.value)));
      }
    }
  }

  void AddCase(HttpCase one) {
    const Case& identity = one.identity;
    const auto [known, is_new] = case_names_.try_emplace(identity.name, identity.mark);
    if (!is_new) {
      const std::string where = known->second.line > 0
                                    ? fmt::format("the other one is in line {}", known->second.line)
                                    : "the name is taken by that part of the suite";
      problems_.Error(identity.mark, fmt::format("two tests are called {}", Quote(identity.name)),
                      where);
    }
    suite_.cases.push_back(std::move(one));
  }

  Names KnownVariables() const {
    Names known;
    for (const auto& [name, value] : suite_.variables) known.insert(name.value);
    const auto add = [&](const std::vector<HttpStep>& steps) {
      for (const HttpStep& step : steps) {
        for (const HttpSave& save : step.saves) known.insert(save.name);
      }
    };
    add(suite_.setup);
    add(suite_.finally);
    for (const HttpTest& test : suite_.tests) {
      add(test.steps);
      add(test.finally);
    }
    return known;
  }

  void CheckAllReferences(const Names& known) {
    for (const auto& [key, value] : own_.entries) {
      if (key.value != "tests") {
        CheckReferences(value, known, problems_);
        continue;
      }
      for (const Document& test : value.items) CheckTestReferences(test, known);
    }
  }

  void CheckTestReferences(const Document& test, Names known) {
    if (const Document* rows = test.Find("rows"); rows != nullptr && !rows->items.empty()) {
      for (const auto& [key, value] : rows->items.front().entries) known.insert(key.value);
    }
    CheckReferences(test, known, problems_);
  }

  void ReadSecrets(Names known) {
    for (const HttpCase& one : suite_.cases) {
      for (const auto& [key, value] : one.row) known.insert(key.value);
    }
    for (const auto& [name, mark] : fields_.Texts("secrets").value_or(Secrets{})) {
      suite_.secrets.push_back(name);
      if (known.contains(name) || name.find('.') != std::string::npos) continue;
      problems_.Error(mark, fmt::format("secret {} is no variable of this suite", Quote(name)),
                      DidYouMean(name, {known.begin(), known.end()}, "variables"));
    }
  }

  void CheckBase() {
    if (suite_.base) return;
    const auto check = [&](const std::vector<HttpStep>& steps) {
      for (const HttpStep& step : steps) {
        if (!step.target.value.starts_with('/')) continue;
        problems_.Error(
            step.target.mark,
            fmt::format("{} is a path, but the suite has no 'base'", Quote(step.target.value)),
            "base: ${services.NAME.url}");
      }
    };
    check(suite_.setup);
    check(suite_.finally);
    for (const HttpTest& test : suite_.tests) {
      check(test.steps);
      check(test.finally);
    }
  }

  using Secrets = std::vector<Located<std::string>>;

  const Document own_;
  const Fields fields_;
  Diagnostics& problems_;
  HttpSuite suite_;
  // Results bear these names when the steps around the tests fail.
  std::map<std::string, SourceMark> case_names_{{"setup", {}}, {"finally", {}}};
};

}  // namespace

std::span<const Field> HttpSuiteFields() {
  return kSuiteFields;
}

HttpSuite ReadHttpSuite(const Suite& suite, Diagnostics& problems) {
  return Reader(suite, problems).Read();
}

bool IsStatusPattern(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 3 || text[0] < '1' || text[0] > '5') return false;
  return text.substr(1) == "xx" || (digit(text[1]) && digit(text[2]));
}

bool StatusFits(std::string_view pattern, int status) {
  const std::string code = std::to_string(status);
  return IsStatusPattern(pattern) &&
         (pattern.ends_with("xx") ? pattern[0] == code[0] && code.size() == 3 : pattern == code);
}

}  // namespace ctestbed

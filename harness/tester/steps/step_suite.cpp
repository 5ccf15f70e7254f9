#include "tester/steps/step_suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/reference.h"
#include "base/text.h"

namespace ctestbed {
namespace {

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
  Reader(const Suite& suite, StepLanguage& language, Diagnostics& problems)
      : language_(language),
        own_(OwnPart(suite, language.SuiteFields())),
        fields_(own_, "suite", language.SuiteFields(), problems),
        problems_(problems) {}

  StepSuite Read() {
    if (const Document* variables = fields_.Find("variables")) {
      suite_.variables = variables->entries;
    }
    suite_.setup = ReadSteps(fields_.Find("setup"));
    if (const Document* tests = fields_.Find("tests")) {
      for (const Document& test : tests->items) ReadTest(test);
    }
    suite_.finally = ReadSteps(fields_.Find("finally"));
    suite_.parallel = static_cast<int>(fields_.Integer("parallel").value_or(1));
    const Names known = KnownVariables();
    ReadSecrets(known);
    CheckAllReferences(known);
    return std::move(suite_);
  }

 private:
  Steps ReadSteps(const Document* list) {
    Steps steps;
    if (list == nullptr) return steps;
    for (const Document& item : list->items) AddStep(item, steps);
    return steps;
  }

  void AddStep(const Document& item, Steps& steps) {
    const std::shared_ptr<SuiteStep> step = language_.ReadStep(item, problems_);
    if (step == nullptr) return;
    VisitReferences(item, [&](const Result<std::string>& name, const SourceMark&) {
      auto& known = step->references;
      const bool is_new = name && std::find(known.begin(), known.end(), *name) == known.end();
      if (is_new) known.push_back(*name);
    });
    steps.push_back(step);
  }

  bool IsStepEntry(const Document::Entry& entry) const {
    return language_.IsAction(entry) || language_.IsStepKey(entry.key.value);
  }

  void ReadTest(const Document& map) {
    const auto is_action = [&](const auto& entry) { return language_.IsAction(entry); };
    const Document rest =
        OnlyEntries(map, [&](const Document::Entry& entry) { return !is_action(entry); });
    const Fields fields(rest, "test", language_.TestFields(), problems_);
    if (!map.IsMap()) return;
    StepTest test;
    if (const auto skip = fields.Text("skip")) {
      test.skip = skip->value;
      if (skip->value.empty()) problems_.Error(skip->mark, "'skip' must be a reason");
    }
    if (fields.Has("steps")) {
      test.steps = ReadSteps(fields.Find("steps"));
      CheckNoStepBeside(map);
    } else {
      AddStep(OnlyEntries(map, [&](const auto& entry) { return IsStepEntry(entry); }), test.steps);
    }
    test.finally = ReadSteps(fields.Find("finally"));
    test.begin = language_.ReadTest(map, problems_);
    const auto action = std::find_if(map.entries.begin(), map.entries.end(), is_action);
    const auto name = fields.Text("name");
    if (!name && action == map.entries.end()) {
      problems_.Error(map.mark, fmt::format("a test needs a name or {}", language_.Example()));
    }
    AddCases(name                          ? *name
             : action == map.entries.end() ? Located<std::string>{"", map.mark}
                                           : action->key,
             fields.Find("rows"), std::move(test));
  }

  void CheckNoStepBeside(const Document& map) {
    if (map.Find("steps")->items.empty()) {
      problems_.Error(map.Find("steps")->mark, "'steps' must hold at least one step");
    }
    for (const Document::Entry& entry : map.entries) {
      if (!IsStepEntry(entry)) continue;
      problems_.Error(entry.key.mark,
                      fmt::format("{} cannot stand beside 'steps'", Quote(entry.key.value)),
                      "make it one of the steps, or part of one");
    }
  }

  void AddCases(const Located<std::string>& name, const Document* rows, StepTest test) {
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

  void AddCase(StepCase one) {
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
    const auto add = [&](const Steps& steps) {
      for (const auto& step : steps) known.insert(step->saves.begin(), step->saves.end());
    };
    add(suite_.setup);
    add(suite_.finally);
    for (const StepTest& test : suite_.tests) {
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
    for (const StepCase& one : suite_.cases) {
      for (const auto& [key, value] : one.row) known.insert(key.value);
    }
    for (const auto& [name, mark] : fields_.Texts("secrets").value_or(Secrets{})) {
      suite_.secrets.push_back(name);
      if (known.contains(name) || name.find('.') != std::string::npos) continue;
      problems_.Error(mark, fmt::format("secret {} is no variable of this suite", Quote(name)),
                      DidYouMean(name, {known.begin(), known.end()}, "variables"));
    }
  }

  using Secrets = std::vector<Located<std::string>>;

  StepLanguage& language_;
  const Document own_;
  const Fields fields_;
  Diagnostics& problems_;
  StepSuite suite_;
  // Results bear these names when the steps around the tests fail.
  std::map<std::string, SourceMark> case_names_{{"setup", {}}, {"finally", {}}};
};

}  // namespace

bool IsFieldOf(std::span<const Field> fields, std::string_view key) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const Field& field) { return field.key == key; });
}

Document OwnPart(const Suite& suite, std::span<const Field> fields) {
  return OnlyEntries(
      suite.body, [&](const Document::Entry& entry) { return IsFieldOf(fields, entry.key.value); });
}

StepSuite ReadStepSuite(const Suite& suite, StepLanguage& language, Diagnostics& problems) {
  return Reader(suite, language, problems).Read();
}

std::vector<Case> CasesOf(const StepSuite& suite) {
  std::vector<Case> cases;
  for (const StepCase& one : suite.cases) cases.push_back(one.identity);
  return cases;
}

}  // namespace ctestbed

// Suites that are data: setup, tests of steps with rows, final steps. What a step is, a tester's
// StepLanguage says.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "model/suite.h"
#include "tester/steps/step.h"

namespace ctestbed {

inline constexpr Inside kParallelCases{.least = 1, .most = 64};

// The keys that every suite of steps has, for the tables of testers: `steps` and `tests` say what
// their lists hold.
constexpr std::array<Field, 6> StepSuiteFields(const Inside* steps, const Inside* tests) {
  return {{
      {"variables", Shape::kMap, "values that ${...} may name"},
      {"secrets", Shape::kTextList, "variables whose values are never shown"},
      {"setup", Shape::kList, "steps before the first test; what they save every test sees", false,
       steps},
      {"tests", Shape::kList, "the tests, in order", true, tests},
      {"finally", Shape::kList, "steps after the last test, whatever happened", false, steps},
      {"parallel", Shape::kInteger, "as many tests run at the same time; default 1", false,
       &kParallelCases},
  }};
}

inline constexpr Field kRow{"", Shape::kMap, "variables of one row"};
inline constexpr Inside kRows{.each = &kRow, .at_least = 1};

// The keys of a test beside those of the one step that it may hold instead of `steps`.
constexpr std::array<Field, 5> StepTestFields(const Inside* steps) {
  return {{
      {"name", Shape::kText, "default: the first key of its step"},
      {"steps", Shape::kList, "several steps, in order", false, steps},
      {"finally", Shape::kList, "steps after the others, whatever happened", false, steps},
      {"rows", Shape::kList, "maps of variables; the test runs once with each", false, &kRows},
      {"skip", Shape::kText, "the reason why it does not run"},
  }};
}

// The fields of two tables as one.
template <size_t A, size_t B>
constexpr std::array<Field, A + B> Joined(const std::array<Field, A>& a,
                                          const std::array<Field, B>& b) {
  std::array<Field, A + B> joined{};
  for (size_t i = 0; i < A; ++i) joined[i] = a[i];
  for (size_t i = 0; i < B; ++i) joined[A + i] = b[i];
  return joined;
}

struct StepTest {
  std::string skip;  // the reason; empty: it runs
  Steps steps;
  Steps finally;
  BeginCase begin;  // null where the tester keeps no state
};

// A test, or one row of it.
struct StepCase {
  Case identity;
  size_t test = 0;
  std::vector<Document::Entry> row;
};

struct StepSuite {
  std::vector<Document::Entry> variables;
  std::vector<std::string> secrets;
  Steps setup;
  std::vector<StepTest> tests;
  std::vector<StepCase> cases;
  Steps finally;
  int parallel = 1;  // cases at the same time
};

// What one kind of suite adds to that structure.
class StepLanguage {
 public:
  virtual ~StepLanguage() = default;
  // All keys of its suites, and those of its tests: those above and its own.
  virtual std::span<const Field> SuiteFields() const = 0;
  virtual std::span<const Field> TestFields() const = 0;
  // "a request such as 'GET /path'".
  virtual std::string_view Example() const = 0;
  // Whether `entry` says what a step does: 'GET /path', as opposed to `expect` beside it.
  virtual bool IsAction(const Document::Entry& entry) const = 0;
  // Whether `key` may stand beside an action.
  virtual bool IsStepKey(std::string_view key) const = 0;
  // Reads one step; null when it is so wrong that there is none. `references` is not its task.
  virtual std::shared_ptr<SuiteStep> ReadStep(const Document& item, Diagnostics& problems) = 0;
  // Reads the test's keys that are the language's own; null for a case without state.
  virtual BeginCase ReadTest(const Document&, Diagnostics&) { return nullptr; }
};

// Reads the keys of `suite` that are a tester's own strictly; `problems` gets every mistake. What
// it returns may run only if there are none.
StepSuite ReadStepSuite(const Suite& suite, StepLanguage& language, Diagnostics& problems);

std::vector<Case> CasesOf(const StepSuite& suite);

// The part of the suite that `fields` name: the tester's own.
Document OwnPart(const Suite& suite, std::span<const Field> fields);

// A copy of `map` with those entries only whose keys `keep` accepts.
template <typename Keep>
Document OnlyEntries(const Document& map, const Keep& keep) {
  Document part = map;
  std::erase_if(part.entries, [&](const Document::Entry& entry) { return !keep(entry); });
  return part;
}

bool IsFieldOf(std::span<const Field> fields, std::string_view key);

}  // namespace ctestbed

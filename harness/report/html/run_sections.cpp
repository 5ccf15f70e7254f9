#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/html/sections.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr size_t kMostSuites = 300;
constexpr size_t kMostColumns = 150;
constexpr size_t kMostSquares = 6000;
constexpr size_t kMostStaticCases = 2000;
constexpr size_t kMostStaticCasesOfRun = 200;

std::string RunId(size_t index) {
  return fmt::format("run-{}", index);
}

Totals CountCases(const RunResult& run) {
  Totals totals;
  for (const CaseRecord& record : run.cases) totals.Count(record.verdict);
  return totals;
}

std::string_view IconOf(const RunResult& run) {
  return run.flaky ? "flaky" : VerdictName(run.verdict);
}

// "passed, 12 of 12 cases in 310 ms, flaky".
std::string Says(const RunResult& run) {
  if (run.attempts == 0 || run.verdict == Verdict::kBlocked) {
    return fmt::format("{}: {}", VerdictName(run.verdict), FirstLine(run.message));
  }
  const Totals cases = CountCases(run);
  return fmt::format("{}, {} of {} case{} passed in {}{}", VerdictName(run.verdict), cases.passed,
                     cases.All(), cases.All() == 1 ? "" : "s", FormatDuration(run.duration),
                     run.flaky ? fmt::format(", flaky: at attempt {}", run.attempts) : "");
}

// Names in the order of their first run, and where each stands.
class Names {
 public:
  size_t Place(const std::string& name) {
    const auto [found, is_new] = places_.try_emplace(name, places_.size());
    return found->second;
  }
  size_t size() const { return places_.size(); }

 private:
  std::map<std::string, size_t> places_;
};

// Indices of runs by suite and environment; two runs in one place would be the same run.
struct Grid {
  Names suites;
  Names environments;
  std::map<std::pair<size_t, size_t>, size_t> runs;
  std::vector<size_t> run_of_suite;        // a run of each suite
  std::vector<size_t> run_of_environment;  // a run of each
  Duration longest{1};
};

// Environments of one preset stand side by side.
Names PlaceEnvironments(const std::vector<RunResult>& runs) {
  Names presets;
  std::map<size_t, std::vector<std::string>> by_preset;
  for (const RunResult& run : runs) {
    by_preset[presets.Place(run.run.preset)].push_back(
        EnvironmentName(run.run.preset, run.run.cell));
  }
  Names environments;
  for (const auto& [preset, names] : by_preset) {
    for (const std::string& name : names) environments.Place(name);
  }
  return environments;
}

Grid MakeGrid(const Results& results) {
  Grid grid;
  grid.environments = PlaceEnvironments(results.runs);
  grid.run_of_environment.resize(grid.environments.size());
  for (size_t i = 0; i < results.runs.size(); ++i) {
    const RunResult& run = results.runs[i];
    const size_t row = grid.suites.Place(run.run.suite);
    const size_t column = grid.environments.Place(EnvironmentName(run.run.preset, run.run.cell));
    if (row == grid.run_of_suite.size()) grid.run_of_suite.push_back(i);
    grid.run_of_environment[column] = i;
    grid.runs[{row, column}] = i;
    grid.longest = std::max(grid.longest, run.duration);
  }
  return grid;
}

Values Column(const RunResult& run) {
  return MakeValues(
      {{"preset", Text(run.run.preset)},
       {"cell", ListOf(run.run.cell, [](const auto& choice) {
          return MakeValues({{"axis", Text(choice.first)}, {"value", Text(choice.second)}});
        })}});
}

Values Square(const RunResult& run, size_t index, Duration longest) {
  const bool ran = run.attempts > 0 && run.verdict != Verdict::kBlocked;
  const Totals cases = CountCases(run);
  const double share = Seconds(run.duration) / Seconds(longest);
  const Values inner = MakeValues(
      {{"id", Text(RunId(index))},
       {"name", Text(run.name)},
       {"says", Text(Says(run))},
       {"verdict", Text(VerdictName(run.verdict))},
       {"icon", Text(IconOf(run))},
       {"heat", Text(std::to_string(std::lround(8 + 34 * std::sqrt(std::max(share, 0.0)))))},
       {"passed",
        Text(!ran                          ? ""
             : cases.passed == cases.All() ? std::to_string(cases.All())
                                           : fmt::format("{}/{}", cases.passed, cases.All()))},
       {"took", ran ? Time(run.duration) : Text("")}});
  return MakeValues({{"run", inner}});
}

Values Row(const Results& results, const Grid& grid, size_t row, size_t columns) {
  Values squares{Values::type::list};
  for (size_t column = 0; column < columns; ++column) {
    const auto run = grid.runs.find({row, column});
    squares.push_back(run == grid.runs.end()
                          ? MakeValues({{"run", false}})
                          : Square(results.runs[run->second], run->second, grid.longest));
  }
  return MakeValues(
      {{"suite", Text(results.runs[grid.run_of_suite[row]].run.suite)}, {"squares", squares}});
}

class StaticRuns {
 public:
  explicit StaticRuns(const FailureIds& ids) : ids_(ids) {}

  Values Add(const RunResult& run, size_t index) {
    const size_t room = std::min(kMostStaticCasesOfRun, kMostStaticCases - cases_);
    const size_t count = std::min(run.cases.size(), room);
    Values cases{Values::type::list};
    for (size_t i = 0; i < count; ++i) cases.push_back(Case(run.cases[i], first_ + i));
    cases_ += count;
    first_ += run.cases.size();
    const size_t left_out = run.cases.size() - count;
    return MakeValues(
        {{"id", Text(RunId(index))},
         {"open", run.verdict == Verdict::kFailed || run.verdict == Verdict::kError},
         {"icon", Text(IconOf(run))},
         {"verdict", Text(VerdictName(run.verdict))},
         {"name", Text(run.name)},
         {"says", Text(Says(run))},
         {"cases", cases},
         {"cases_left_out",
          Text(left_out == 0 ? "" : fmt::format("{} more are in junit.xml.", left_out))}});
  }

 private:
  Values Case(const CaseRecord& record, size_t index) const {
    const auto id = ids_.find(index);
    return MakeValues({{"verdict", Text(VerdictName(record.verdict))},
                       {"name", Text(CutMiddle(record.name, 300))},
                       {"failure", Text(id == ids_.end() ? "" : id->second)},
                       {"message", Text(CutMiddle(FirstLine(record.message), 300))},
                       {"took", Time(record.duration)}});
  }

  const FailureIds& ids_;
  size_t cases_ = 0;
  size_t first_ = 0;
};

}  // namespace

void AddMatrix(const Results& results, Values& page) {
  const Grid grid = MakeGrid(results);
  const size_t columns = std::min(grid.environments.size(), kMostColumns);
  const size_t rows =
      std::min({grid.suites.size(), kMostSuites, kMostSquares / std::max<size_t>(columns, 1)});
  Values column_list{Values::type::list};
  for (size_t i = 0; i < columns; ++i) {
    column_list.push_back(Column(results.runs[grid.run_of_environment[i]]));
  }
  Values row_list{Values::type::list};
  for (size_t i = 0; i < rows; ++i) row_list.push_back(Row(results, grid, i, columns));
  page.set("columns", column_list);
  page.set("has_rows", rows > 0);
  page.set("rows", row_list);
  const size_t suites_left = grid.suites.size() - rows;
  const size_t environments_left = grid.environments.size() - columns;
  page.set("matrix_left_out",
           Text(suites_left + environments_left == 0
                    ? ""
                    : fmt::format("{} more suites and {} more environments do not fit; the table "
                                  "of cases has them.",
                                  suites_left, environments_left)));
}

void AddRuns(const Results& results, const FailureIds& ids, Values& page) {
  StaticRuns runs(ids);
  Values list{Values::type::list};
  for (size_t i = 0; i < results.runs.size(); ++i) list.push_back(runs.Add(results.runs[i], i));
  page.set("runs", list);
}

}  // namespace ctestbed

#include "plan/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/glob.h"
#include "base/text.h"

namespace ctestbed {
namespace {

bool MatchesAny(const std::vector<std::string>& patterns, std::string_view text) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return MatchesGlob(pattern, text); });
}

bool MatchesCell(const Run& run, const std::string& axis, std::string_view pattern) {
  const auto value = run.cell.find(axis);
  return value != run.cell.end() && MatchesGlob(pattern, value->second);
}

using NameOf = std::function<std::string(const Run&)>;

// `what` is "suite", and its plural is made with an s.
Status CheckPart(const std::vector<Run>& runs, const std::vector<std::string>& patterns,
                 std::string_view what, const NameOf& name_of) {
  std::set<std::string> names;
  for (const Run& run : runs) names.insert(name_of(run));
  for (const std::string& pattern : patterns) {
    if (std::any_of(names.begin(), names.end(),
                    [&](const std::string& name) { return MatchesGlob(pattern, name); })) {
      continue;
    }
    return Fail(ErrorKind::kInvalid, fmt::format("nothing matches {} {}", what, Quote(pattern)),
                DidYouMean(pattern, {names.begin(), names.end()}, fmt::format("{}s", what)));
  }
  return {};
}

Status CheckCell(const std::vector<Run>& runs, const Selection& selection) {
  for (const auto& [axis, pattern] : selection.cell) {
    std::set<std::string> known;
    for (const Run& run : runs) {
      for (const auto& [name, value] : run.cell) known.insert(name + "=" + value);
    }
    const auto matches = [&, &name = axis, &wanted = pattern](const Run& run) {
      return MatchesCell(run, name, wanted);
    };
    if (std::any_of(runs.begin(), runs.end(), matches)) continue;
    const std::string text = axis + "=" + pattern;
    return Fail(ErrorKind::kInvalid, fmt::format("nothing matches axis {}", Quote(text)),
                DidYouMean(text, {known.begin(), known.end()}, "axis values"));
  }
  return {};
}

}  // namespace

bool IsSelected(const Run& run, const Selection& selection) {
  return MatchesAny(selection.runs, RunName(run)) && MatchesAny(selection.suites, run.suite) &&
         MatchesAny(selection.presets, run.preset) &&
         std::all_of(selection.cell.begin(), selection.cell.end(), [&](const auto& wanted) {
           return MatchesCell(run, wanted.first, wanted.second);
         });
}

Status CheckSelection(const std::vector<Run>& runs, const Selection& selection) {
  if (runs.empty()) return Fail(ErrorKind::kInvalid, "there is nothing to run: no suite has a run");
  TRY_DO(CheckPart(runs, selection.runs, "run", RunName));
  TRY_DO(CheckPart(runs, selection.suites, "suite", [](const Run& run) { return run.suite; }));
  TRY_DO(CheckPart(runs, selection.presets, "preset", [](const Run& run) { return run.preset; }));
  TRY_DO(CheckCell(runs, selection));
  if (std::any_of(runs.begin(), runs.end(),
                  [&](const Run& run) { return IsSelected(run, selection); })) {
    return {};
  }
  return Fail(ErrorKind::kInvalid, "nothing matches all parts of the selection at once");
}

}  // namespace ctestbed

#include "cli/ctest_project.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/backend_choice.h"
#include "cli/history.h"
#include "cli/planning.h"

namespace ctestbed {
namespace {

std::string EnvironmentName(const Batch& batch) {
  const std::string cell = CellName(batch.cell);
  return cell.empty() ? batch.preset : batch.preset + "," + cell;
}

// No digests in it: a listing made before an edit must still find its batches after it.
std::string NameOf(const Batch& batch, std::map<std::string, int>& uses) {
  const bool alone = batch.renewal != Renewal::kNone;
  if (alone && !batch.runs.empty()) return RunName(batch.runs.front());
  const std::string name = EnvironmentName(batch);
  const int use = ++uses[name];
  return use == 1 ? name : fmt::format("{}.{}", name, use);
}

std::vector<PlannedBatch> Flatten(const Plan& plan) {
  std::vector<PlannedBatch> batches;
  std::map<std::string, int> uses;
  for (size_t lane = 0; lane < plan.lanes.size(); ++lane) {
    for (const Batch& batch : plan.lanes[lane].batches) {
      batches.push_back(
          {static_cast<int>(batches.size()), NameOf(batch, uses), batch, static_cast<int>(lane)});
    }
  }
  return batches;
}

std::vector<BrokenName> FindBroken(const LoadedProject& loaded) {
  std::map<std::string, std::string> names;  // by file
  for (const PresetFile& file : loaded.project.presets) {
    if (!file.preset) names[file.file] = file.name;
  }
  for (const SuiteFile& file : loaded.project.suites) {
    if (!file.suite) names[file.file] = file.name;
  }
  std::map<std::string, std::vector<Diagnostic>> broken;
  for (const auto& [file, name] : names) broken[name];
  for (const Diagnostic& problem : loaded.problems.Sorted()) {
    if (problem.severity != Diagnostic::Severity::kError) continue;
    const auto name = names.find(problem.mark.file);
    broken[name == names.end() ? "ctestbed" : name->second].push_back(problem);
  }
  std::vector<BrokenName> list;
  for (auto& [name, problems] : broken) list.push_back({name, std::move(problems)});
  return list;
}

}  // namespace

Result<CTestProject> LoadCTestProject(Program& program, const CTestOptions& options) {
  TRY(LoadedProject loaded, program.Load(options.project));
  std::vector<BrokenName> broken = FindBroken(loaded);
  PlanSettings settings;
  settings.lanes = LanesOf(options.lanes);
  TRY(const std::string backend, ChooseBackend(program, options.backend, loaded.Presets()));
  settings.estimates = Coarse(LoadEstimates(program, options.project, backend));
  auto plan = MakePlan(InputOf(loaded), {}, settings);
  if (!plan) {
    // Nothing to run is an error of its own only when no file is to blame for it.
    TRY(const std::vector<Run> runs, ExpandRuns(InputOf(loaded)));
    if (!runs.empty() || broken.empty()) return tl::unexpected<Error>(plan.error());
  }
  std::vector<PlannedBatch> batches = Flatten(plan.value_or(Plan()));
  return CTestProject{std::move(loaded), backend, std::move(batches), std::move(settings.estimates),
                      std::move(broken)};
}

const Suite* CTestProject::FindSuite(std::string_view name) const {
  for (const SuiteFile& file : loaded.project.suites) {
    if (file.suite && file.suite->name.value == name) return &*file.suite;
  }
  return nullptr;
}

const PlannedBatch* CTestProject::FindBatch(std::string_view name) const {
  const auto found = std::find_if(batches.begin(), batches.end(),
                                  [&](const PlannedBatch& batch) { return batch.name == name; });
  return found == batches.end() ? nullptr : &*found;
}

const PlannedBatch* CTestProject::FindBatchOf(std::string_view run) const {
  const auto found = std::find_if(batches.begin(), batches.end(), [&](const PlannedBatch& planned) {
    return std::any_of(planned.batch.runs.begin(), planned.batch.runs.end(),
                       [&](const Run& each) { return RunName(each) == run; });
  });
  return found == batches.end() ? nullptr : &*found;
}

const BrokenName* CTestProject::FindBroken(std::string_view name) const {
  const auto found = std::find_if(broken.begin(), broken.end(),
                                  [&](const BrokenName& each) { return each.name == name; });
  return found == broken.end() ? nullptr : &*found;
}

}  // namespace ctestbed

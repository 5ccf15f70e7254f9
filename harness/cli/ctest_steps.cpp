#include "cli/ctest_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "cli/ctest_plan.h"
#include "cli/environments.h"
#include "cli/github.h"
#include "cli/history.h"
#include "plan/cost.h"
#include "report/results.h"
#include "report/wording.h"
#include "runner/runner.h"

namespace ctestbed {
namespace {

using Selected = std::optional<std::set<std::string>>;

std::vector<Run> SelectedOf(std::vector<Run> runs, const Selected& selected) {
  std::erase_if(runs,
                [&](const Run& run) { return selected && !selected->contains(RunName(run)); });
  return runs;
}

// What the selected part of the plan costs.
PlanCost CostOfSelected(const CTestProject& project, const Selected& selected) {
  std::map<int, Lane> by_lane;
  for (const PlannedBatch& planned : project.batches) {
    Batch batch = planned.batch;
    batch.runs = SelectedOf(std::move(batch.runs), selected);
    if (!batch.runs.empty()) by_lane[planned.lane].batches.push_back(std::move(batch));
  }
  std::vector<Lane> lanes;
  for (auto& [number, lane] : by_lane) {
    FillChanges(lane.batches, project.estimates);
    lanes.push_back(std::move(lane));
  }
  return CostOf(lanes, project.estimates);
}

Status PlanRuns(SessionClient& client, const CTestProject& project, const Selected& selected) {
  TRY_DO(
      client.Emit({.kind = EventKind::kSessionPlanned, .cost = CostOfSelected(project, selected)}));
  for (const PlannedBatch& planned : project.batches) {
    for (const Run& run : SelectedOf(planned.batch.runs, selected)) {
      TRY_DO(client.Emit({.kind = EventKind::kRunPlanned,
                          .preset = run.preset,
                          .cell = run.cell,
                          .suite = run.suite,
                          .run = RunName(run)}));
    }
  }
  return {};
}

// CTest does not even start what needs a fixture that failed, so it is said here.
ExitCode TellFailure(Program& program, SessionClient& client, const std::vector<Run>& runs,
                     const Error& error) {
  for (const Run& run : runs) static_cast<void>(EmitBlocked(client, run, error.message));
  return ComplainOfEnvironment(program, error);
}

// A supervisor that ended as it should has removed its directory.
Status CheckEnded(Program& program, const CTestOwner& owner) {
  TRY(const StateDirectory state, program.state());
  const std::string directory = state.Session(owner.session);
  if (!program.files().Exists(directory)) return {};
  return Fail(ErrorKind::kInternal, "the supervisor of this ctest run has died",
              LastLines(program.files().Read(directory + "/supervisor.log").value_or(""), 20));
}

}  // namespace

ExitCode SessionStep(Program& program, const CTestOptions& options, const CTestTree& tree) {
  const auto project = LoadCTestProject(program, options);
  if (!project) return program.Complain(project.error());
  const auto driver = program.available_driver(project->backend);
  if (!driver) return program.Complain(driver.error());
  const auto owner = FindOwner(options);
  if (!owner) return program.Complain(owner.error());
  if (FindSession(program, owner->session)) return ExitCode::kPassed;  // a repeated test
  program.Sweep();
  auto session = OpenSession(program, options, *owner);
  if (!session) return ComplainOfSession(program, session.error());
  const Status stored = StorePlan(program, options, session->handle, *project);
  if (!stored) return program.Complain(stored.error());
  Selected selected;
  if (auto names = AskForSelection(program, session->handle, *owner, tree, options.prefix)) {
    selected = std::move(*names);
    const Status written = WriteSelection(program.files(), session->handle, *selected);
    if (!written) return program.Complain(written.error());
  } else {
    program.Warn("every run counts as selected: " + names.error().message);
  }
  const Status planned = PlanRuns(session->client, *project, selected);
  if (!planned) return ComplainOfSession(program, planned.error());
  program.Print(session->handle.results + "\n");
  return ExitCode::kPassed;
}

ExitCode UpStep(Program& program, const CTestOptions& options, const std::string& batch) {
  const auto owner = FindOwner(options);
  if (!owner) return program.Complain(owner.error());
  const auto work = FindWork(program, options, *owner, batch);
  if (!work) return program.Complain(work.error());
  if (!*work) {
    program.Print(
        "nothing to do: the presets and suites have changed since the tests were listed\n");
    return ExitCode::kPassed;
  }
  auto session = OpenSession(program, options, *owner);
  if (!session) return ComplainOfSession(program, session.error());
  const std::vector<Run> runs =
      SelectedOf((*work)->runs, ReadSelection(program.files(), session->handle.results));
  if (runs.empty()) {
    program.Print("nothing selected: no run of this environment is going to run\n");
    return ExitCode::kPassed;
  }
  const auto environment = session->client.Acquire((*work)->demand, true, true, {});
  if (!environment) return TellFailure(program, session->client, runs, environment.error());
  program.Print(RenderEnvironment(*environment));
  const Status released = session->client.Release(false);
  return released ? ExitCode::kPassed : ComplainOfSession(program, released.error());
}

ExitCode DownStep(Program& program, const CTestOptions& options, const std::string& batch) {
  const auto owner = FindOwner(options);
  if (!owner) return program.Complain(owner.error());
  auto session = ConnectSession(program, owner->session);
  if (!session) return ExitCode::kPassed;
  const auto work = FindWork(program, options, *owner, batch);
  if (!work) return program.Complain(work.error());
  if (*work) static_cast<void>(session->client.Unhold((*work)->demand));
  return ExitCode::kPassed;
}

ExitCode ReportStep(Program& program, const CTestOptions& options) {
  const auto owner = FindOwner(options);
  if (!owner) return program.Complain(owner.error());
  std::string leftovers;
  if (const auto session = FindSession(program, owner->session)) {
    const auto ending = EndSession(*session, "");
    if (!ending) return ComplainOfSession(program, ending.error());
    leftovers = ending->leftovers;
  }
  if (const Status alive = CheckEnded(program, *owner); !alive) {
    return program.Complain(alive.error());
  }
  // A repeated test finds the session ended, and says the same.
  const std::string results = ResultsOf(options, *owner);
  const std::vector<Event> events = program.ReadEvents(results);
  if (events.empty()) {
    program.Print("no session: nothing ran\n");
    return ExitCode::kPassed;
  }
  Remember(program, options.project, events);
  const Results folded = FoldResults(events);
  program.Print(fmt::format("{}: {}\n", OutcomeName(OutcomeOf(folded)), Counts(folded)));
  if (!leftovers.empty()) program.Warn("ctestbed: left behind: " + leftovers);
  AppendStepSummary(program, results);
  program.Print(results + "\n");
  return leftovers.empty() ? ExitCode::kPassed : ExitCode::kLeftovers;
}

}  // namespace ctestbed

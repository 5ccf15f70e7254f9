// ctestbed plan: batches, the changes between them, and why. Touches no backend.

#include "base/json.h"
#include "cli/command.h"
#include "cli/selection.h"
#include "model/wire.h"
#include "plan/render.h"

namespace ctestbed {
namespace {

struct PlanOptions {
  ProjectOptions project;
  SelectionOptions selection;
  int lanes = 1;
};

Json Describe(const Batch& batch) {
  Json runs = Json::array();
  for (const Run& run : batch.runs)
    runs.push_back({{"suite", run.suite}, {"cell", ToJson(run.cell)}});
  Json changes = Json::array();
  for (const Change& change : batch.changes) changes.push_back(ToJson(change));
  return {
      {"preset", batch.preset}, {"cell", ToJson(batch.cell)}, {"environment", batch.environment},
      {"runs", runs},           {"changes", changes},         {"cost_s", Seconds(batch.cost)}};
}

Json Describe(const Plan& plan) {
  Json lanes = Json::array();
  size_t runs = 0;
  for (const Lane& lane : plan.lanes) {
    Json batches = Json::array();
    for (const Batch& batch : lane.batches) {
      batches.push_back(Describe(batch));
      runs += batch.runs.size();
    }
    lanes.push_back({{"batches", batches}});
  }
  return {{"lanes", lanes},
          {"runs", runs},
          {"cost",
           {{"planned_s", Seconds(plan.cost.planned)},
            {"naive_s", Seconds(plan.cost.naive)},
            {"lower_bound_s", Seconds(plan.cost.lower_bound)}}},
          {"node_starts",
           {{"planned", plan.cost.node_starts_planned}, {"naive", plan.cost.node_starts_naive}}}};
}

ExitCode Main(Program& program, const PlanOptions& options) {
  const auto loaded = program.Load(options.project);
  if (!loaded) return program.Complain(loaded.error());
  if (loaded->problems.HasErrors()) return program.Complain(loaded->problems);
  const auto plan =
      MakePlan({loaded->Presets(), loaded->Suites(), loaded->project.host_environment},
               options.selection.ToSelection(), options.lanes);
  if (!plan) return program.Complain(plan.error());
  if (program.json()) {
    program.PrintJson(Describe(*plan));
  } else {
    program.Print(RenderPlan(*plan));
  }
  return ExitCode::kPassed;
}

}  // namespace

Body DefinePlan(CLI::App& app, Program& program) {
  auto options = std::make_shared<PlanOptions>();
  AddProjectOptions(app, options->project);
  AddSelectionOptions(app, options->selection);
  AddLanes(app, options->lanes);
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

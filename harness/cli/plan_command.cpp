// ctestbed plan: batches, the changes between them, and why. Touches no backend.

#include "base/json.h"
#include "cli/backend_choice.h"
#include "cli/command.h"
#include "cli/planning.h"
#include "model/wire.h"
#include "plan/explain.h"
#include "plan/render.h"

namespace ctestbed {
namespace {

struct PlanOptions {
  ProjectOptions project;
  PlanningOptions planning;
  std::string backend;
  std::string shards;
  std::string format;
  std::string explain;
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

Json Describe(const CoverageOutcome& coverage) {
  return {{"suite", coverage.suite},
          {"preset", coverage.preset},
          {"strength", coverage.strength},
          {"cells", coverage.cells},
          {"tuples", coverage.tuples},
          {"lower_bound", coverage.lower_bound},
          {"optimal", coverage.cells == coverage.lower_bound}};
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
  Json coverage = Json::array();
  for (const CoverageOutcome& each : plan.coverage) coverage.push_back(Describe(each));
  return {{"lanes", lanes},
          {"runs", runs},
          {"coverage", coverage},
          {"method", plan.method},
          {"makespan_s", Seconds(plan.cost.makespan)},
          {"cost",
           {{"planned_s", Seconds(plan.cost.planned)},
            {"naive_s", Seconds(plan.cost.naive)},
            {"lower_bound_s", Seconds(plan.cost.lower_bound)}}},
          {"node_starts",
           {{"planned", plan.cost.node_starts_planned}, {"naive", plan.cost.node_starts_naive}}}};
}

// How many shards the plan is for, if it is for any: what --shards auto finds is planned once more
// as that number, so that `--shard I/N` later cuts the same.
Result<std::optional<int>> CountShards(Program& program, const PlanOptions& options,
                                       const PlanInput& input) {
  const PlanningOptions& planning = options.planning;
  TRY_DO(CheckTogether(planning, !planning.shard.empty() || !options.shards.empty()));
  if (!planning.shard.empty()) {
    TRY(const Shard shard, ParseShard(planning.shard));
    return shard.count;
  }
  if (options.shards.empty()) return std::nullopt;
  const int wanted = LanesOf(options.shards);
  if (wanted != 0) return wanted;
  const PlanSettings settings = SettingsFor(program, options.project, planning, "", wanted);
  TRY(const Plan plan, MakePlan(input, planning.selection.ToSelection(), settings));
  return static_cast<int>(plan.lanes.size());
}

ExitCode Show(Program& program, const PlanOptions& options, const Plan& plan, int shards) {
  if (program.json() || options.format == "json") {
    program.PrintJson(Describe(plan));
    return ExitCode::kPassed;
  }
  for (const PlanFormat& format : PlanFormats()) {
    if (format.name != options.format) continue;
    const auto text = format.render(plan, shards);
    if (!text) return program.Complain(text.error());
    program.Print(*text);
    return ExitCode::kPassed;
  }
  program.Print(RenderPlan(plan));
  return ExitCode::kPassed;
}

ExitCode Main(Program& program, const PlanOptions& options) {
  const auto loaded = program.Load(options.project);
  if (!loaded) return program.Complain(loaded.error());
  if (loaded->problems.HasErrors()) return program.Complain(loaded->problems);
  const PlanInput input = InputOf(*loaded);
  const auto shards = CountShards(program, options, input);
  if (!shards) return program.Complain(shards.error());
  const auto backend = ChooseBackend(program, options.backend, input.presets);
  if (!backend) return program.Complain(backend.error());
  const PlanSettings settings =
      SettingsFor(program, options.project, options.planning, *backend, *shards);
  auto plan = MakePlan(input, options.planning.selection.ToSelection(), settings);
  if (!plan) return program.Complain(plan.error());
  if (!options.planning.shard.empty()) {
    plan = ShardOf(*plan, *ParseShard(options.planning.shard), settings);
  }
  if (options.explain.empty()) return Show(program, options, *plan, shards->value_or(1));
  const auto text = ExplainRun(*plan, input, settings, options.explain);
  if (!text) return program.Complain(text.error());
  program.Print(*text);
  return ExitCode::kPassed;
}

}  // namespace

Body DefinePlan(CLI::App& app, Program& program) {
  auto options = std::make_shared<PlanOptions>();
  AddProjectOptions(app, options->project);
  AddPlanningOptions(app, options->planning);
  AddShards(app, options->shards);
  AddBackend(app, options->backend);
  std::vector<std::string> formats{"json"};
  for (const PlanFormat& format : PlanFormats()) formats.emplace_back(format.name);
  AddOption(app, "--format", options->format, "for other programs, and for CI systems",
            {.value = "FORMAT", .choices = formats});
  AddOption(app, "--explain", options->explain, "say why the run of this name stands where it does",
            {.value = "RUN"});
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

// ctestbed deploy: an environment that stays up until teardown or its time to live.

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/backend_choice.h"
#include "cli/command.h"
#include "cli/environments.h"
#include "cli/selection.h"
#include "cli/session.h"
#include "io/private_directory.h"
#include "model/matrix.h"
#include "model/resolve.h"
#include "supervisor/protocol.h"

namespace ctestbed {
namespace {

struct DeployOptions {
  ProjectOptions project;
  std::string preset;
  std::vector<std::string> settings;
  std::string backend;
  std::string ttl = "8h";
};

// The preset's default cell with the settings put in; kInvalid for what the preset does not have.
Result<Cell> ChooseCell(const Preset& preset, const Cell& settings) {
  Cell cell = DefaultCell(preset);
  for (const auto& [name, value] : settings) {
    const Axis* axis = preset.FindAxis(name);
    std::vector<std::string> known;
    if (axis == nullptr) {
      for (const Axis& each : preset.axes) known.push_back(each.name.value);
      return Fail(ErrorKind::kInvalid,
                  fmt::format("preset '{}' has no axis {}", preset.name.value, Quote(name)),
                  DidYouMean(name, known, "axes"));
    }
    if (axis->Find(value) == nullptr) {
      for (const AxisValue& each : axis->values) known.push_back(each.name.value);
      return Fail(ErrorKind::kInvalid, fmt::format("axis '{}' has no value {}", name, Quote(value)),
                  DidYouMean(value, known, "values"));
    }
    cell[name] = value;
  }
  return cell;
}

Result<Preset> FindPreset(const LoadedProject& loaded, const std::string& name) {
  std::vector<std::string> known;
  for (const Preset& preset : loaded.Presets()) {
    if (preset.name.value == name) return preset;
    known.push_back(preset.name.value);
  }
  return Fail(ErrorKind::kInvalid, fmt::format("unknown preset {}", Quote(name)),
              DidYouMean(name, known, "presets"));
}

Result<Demand> MakeDemand(const DeployOptions& options, const LoadedProject& loaded,
                          const Preset& preset) {
  TRY(const Cell cell, ChooseCell(preset, ToCell(options.settings)));
  const Topology topology = Resolve(preset, cell, {}, loaded.project.host_environment);
  return Demand{DigestOf(topology), 0, topology, options.preset, cell};
}

Result<EnvironmentView> Deploy(Program& program, const DeployOptions& options,
                               const LoadedProject& loaded) {
  TRY(const Preset preset, FindPreset(loaded, options.preset));
  TRY(const Demand demand, MakeDemand(options, loaded, preset));
  TRY(const std::string backend, ChooseBackend(program, options.backend, {preset}));
  TRY_DO(CheckBackend(demand.topology, demand.preset, backend));
  TRY_DO(program.available_driver(backend));
  TRY(const Duration ttl, ParseDuration(options.ttl));
  program.Sweep();
  // Ours until all is up, so that nothing stays if we are killed before.
  TRY(const SessionHandle session, StartSession(program, {"deploy-" + UniqueToken().substr(0, 8),
                                                          "", backend, Identify(OwnPid()), ttl}));
  TRY(SessionClient client, session.Connect());
  if (const auto deployed = client.Acquire(demand, false, true, {}); !deployed) {
    static_cast<void>(EndSession(session, deployed.error().message));
    return deployed;
  }
  return client.Keep();
}

ExitCode Main(Program& program, const DeployOptions& options) {
  const auto loaded = program.Load(options.project);
  if (!loaded) return program.Complain(loaded.error());
  if (loaded->problems.HasErrors()) return program.Complain(loaded->problems);
  const auto environment = Deploy(program, options, *loaded);
  if (!environment) return ComplainOfEnvironment(program, environment.error());
  if (program.json()) {
    program.PrintJson({{"environments", Json::array({ToJson(*environment)})}});
  } else {
    program.Print(RenderEnvironment(*environment));
    program.Print(fmt::format("up for at most {}; end it by: ctestbed teardown {}\n", options.ttl,
                              environment->id));
  }
  return ExitCode::kPassed;
}

}  // namespace

Body DefineDeploy(CLI::App& app, Program& program) {
  auto options = std::make_shared<DeployOptions>();
  AddProjectOptions(app, options->project);
  AddOption(app, "preset", options->preset, "name of the preset", {.required = true});
  AddSettings(app, options->settings, "value of an axis; default: its first; may be repeated");
  AddBackend(app, options->backend);
  AddOption(app, "--ttl", options->ttl, "time after which it is torn down by itself",
            {.show_default = true});
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

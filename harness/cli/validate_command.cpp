// ctestbed validate: every mistake of every preset and suite.

#include <fmt/format.h>

#include "base/json.h"
#include "cli/command.h"
#include "model/matrix.h"
#include "model/resolve.h"

namespace ctestbed {
namespace {

constexpr size_t kMostCheckedCells = 256;

struct ValidateOptions {
  ProjectOptions project;
  std::string backend;
};

// What nodes ask for and `driver` cannot do, at the node. Presets for other backends are left out.
void CheckNodes(const Preset& preset, const Driver& driver, const std::string& backend,
                Diagnostics& problems) {
  const std::vector<Capability> can = driver.Capabilities();
  const bool few = CountCells(preset) <= kMostCheckedCells;
  for (const Cell& cell : few ? CellsOf(preset) : std::vector<Cell>{DefaultCell(preset)}) {
    const Topology topology = Resolve(preset, cell, {}, {});
    if (!CheckBackend(topology, preset.name.value, backend)) return;
    const Status status = CheckSupported(topology, can);
    if (status) continue;
    SourceMark mark = preset.name.mark;
    for (const NodeOverlay& node : MergedNodes(preset, cell, {}, {})) {
      if (node.name.value == status.error().node) mark = node.name.mark;
    }
    problems.Error(
        mark, status.error().message,
        fmt::format("leave it out, or name the backends in 'backends'; this one is '{}'", backend));
  }
}

ExitCode CheckBackendOf(Program& program, LoadedProject& loaded, const std::string& backend) {
  const auto driver = program.driver(backend);
  if (!driver) return program.Complain(driver.error());
  for (const Preset& preset : loaded.Presets()) {
    CheckNodes(preset, **driver, backend, loaded.problems);
  }
  if (!loaded.problems.HasErrors()) return ExitCode::kPassed;
  program.Complain(loaded.problems);
  return ExitCode::kUnsupported;
}

ExitCode Main(Program& program, const ValidateOptions& options) {
  auto loaded = program.Load(options.project);
  if (!loaded) return program.Complain(loaded.error());
  if (loaded->problems.HasErrors()) return program.Complain(loaded->problems);
  if (!options.backend.empty()) {
    const ExitCode code = CheckBackendOf(program, *loaded, options.backend);
    if (code != ExitCode::kPassed) return code;
  }
  const size_t presets = loaded->project.presets.size();
  const size_t suites = loaded->project.suites.size();
  if (program.json()) {
    program.PrintJson({{"valid", true}, {"presets", presets}, {"suites", suites}});
  } else {
    if (!loaded->problems.empty()) program.Complain(loaded->problems);  // warnings
    program.Print(fmt::format("{} presets and {} suites are valid\n", presets, suites));
  }
  return ExitCode::kPassed;
}

}  // namespace

Body DefineValidate(CLI::App& app, Program& program) {
  auto options = std::make_shared<ValidateOptions>();
  AddProjectOptions(app, options->project);
  AddOption(app, "--backend", options->backend, "check too that this backend can deploy them");
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

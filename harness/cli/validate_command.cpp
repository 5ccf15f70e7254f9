// ctestbed validate: every mistake of every preset and suite.

#include <fmt/format.h>

#include "base/json.h"
#include "cli/command.h"

namespace ctestbed {
namespace {

ExitCode Main(Program& program, const ProjectOptions& options) {
  const auto loaded = program.Load(options);
  if (!loaded) return program.Complain(loaded.error());
  if (loaded->problems.HasErrors()) return program.Complain(loaded->problems);
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
  auto options = std::make_shared<ProjectOptions>();
  AddProjectOptions(app, *options);
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

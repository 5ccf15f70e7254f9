// ctestbed suites: what there is, broken ones included.

#include <fmt/format.h>

#include "base/json.h"
#include "cli/command.h"

namespace ctestbed {
namespace {

Json Describe(const SuiteFile& file, const Diagnostics& problems) {
  Json presets = Json::array();
  Json cases = Json::array();
  if (file.suite) {
    for (const auto& preset : file.suite->presets) presets.push_back(preset.value);
  }
  for (const Case& each : file.cases) {
    cases.push_back({{"name", each.name}, {"line", each.mark.line}});
  }
  return {{"name", file.name},
          {"file", file.file},
          {"description", file.suite ? file.suite->description : ""},
          {"tester", file.suite ? file.suite->tester.value : ""},
          {"presets", presets},
          {"cases", cases},
          {"valid", file.suite.has_value()},
          {"errors", ToJson(problems.About(file.file))}};
}

void PrintText(Program& program, const SuiteFile& file) {
  if (!file.suite) {
    program.Print(fmt::format("{:<24} broken: {} (see ctestbed validate)\n", file.name, file.file));
    return;
  }
  std::string presets;
  for (const auto& preset : file.suite->presets) presets += " " + preset.value;
  program.Print(fmt::format("{:<24} {:<8} {:>3} cases  on{}\n", file.name, file.suite->tester.value,
                            file.cases.size(), presets));
}

ExitCode Main(Program& program, const ProjectOptions& options) {
  const auto loaded = program.Load(options);
  if (!loaded) return program.Complain(loaded.error());
  if (!program.json()) {
    for (const SuiteFile& file : loaded->project.suites) PrintText(program, file);
    return ExitCode::kPassed;
  }
  Json suites = Json::array();
  for (const SuiteFile& file : loaded->project.suites) {
    suites.push_back(Describe(file, loaded->problems));
  }
  program.PrintJson({{"suites", suites}});
  return ExitCode::kPassed;
}

}  // namespace

Body DefineSuites(CLI::App& app, Program& program) {
  auto options = std::make_shared<ProjectOptions>();
  AddProjectOptions(app, *options);
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

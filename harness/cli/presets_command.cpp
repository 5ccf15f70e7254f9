// ctestbed presets: what there is, broken ones included.

#include <fmt/format.h>

#include "base/json.h"
#include "cli/command.h"

namespace ctestbed {
namespace {

Json Describe(const PresetFile& file, const Diagnostics& problems) {
  Json axes = Json::object();
  if (file.preset) {
    for (const Axis& axis : file.preset->axes) {
      Json& values = axes[axis.name.value] = Json::array();
      for (const AxisValue& value : axis.values) values.push_back(value.name.value);
    }
  }
  return {{"name", file.name},
          {"file", file.file},
          {"description", file.preset ? file.preset->description : ""},
          {"axes", axes},
          {"valid", file.preset.has_value()},
          {"errors", ToJson(problems.About(file.file))}};
}

void PrintText(Program& program, const PresetFile& file) {
  if (!file.preset) {
    program.Print(fmt::format("{:<24} broken: {} (see ctestbed validate)\n", file.name, file.file));
    return;
  }
  program.Print(fmt::format("{:<24} {}\n", file.name, file.preset->description));
  for (const Axis& axis : file.preset->axes) {
    std::string values;
    for (const AxisValue& value : axis.values) values += " " + value.name.value;
    program.Print(fmt::format("{:<24}   {}:{}\n", "", axis.name.value, values));
  }
}

ExitCode Main(Program& program, const ProjectOptions& options) {
  const auto loaded = program.Load(options);
  if (!loaded) return program.Complain(loaded.error());
  if (!program.json()) {
    for (const PresetFile& file : loaded->project.presets) PrintText(program, file);
    return ExitCode::kPassed;
  }
  Json presets = Json::array();
  for (const PresetFile& file : loaded->project.presets) {
    presets.push_back(Describe(file, loaded->problems));
  }
  program.PrintJson({{"presets", presets}});
  return ExitCode::kPassed;
}

}  // namespace

Body DefinePresets(CLI::App& app, Program& program) {
  auto options = std::make_shared<ProjectOptions>();
  AddProjectOptions(app, *options);
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

// ctestbed schema: what presets and suites may hold, for editors.

#include "base/json.h"
#include "cli/command.h"
#include "config/schema.h"
#include "probe/probe.h"
#include "tester/tester.h"

namespace ctestbed {
namespace {

ExitCode Main(Program& program, const std::string& kind) {
  if (kind == "preset") {
    program.Print(DumpJsonPretty(PresetSchema(ProbeFields())));
    return ExitCode::kPassed;
  }
  std::vector<TesterVocabulary> testers;
  for (const TesterEntry& entry : Testers()) {
    testers.push_back({std::string(entry.name), entry.fields, {}});
  }
  program.Print(DumpJsonPretty(SuiteSchema(testers)));
  return ExitCode::kPassed;
}

}  // namespace

Body DefineSchema(CLI::App& app, Program& program) {
  auto kind = std::make_shared<std::string>();
  AddOption(app, "kind", *kind, "preset or suite",
            {.required = true, .choices = {"preset", "suite"}});
  return [kind, &program] { return Main(program, *kind); };
}

}  // namespace ctestbed

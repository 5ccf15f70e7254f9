// ctestbed status: the live environments of this user.

#include "base/json.h"
#include "cli/command.h"
#include "cli/environments.h"
#include "supervisor/protocol.h"

namespace ctestbed {
namespace {

ExitCode Main(Program& program) {
  program.Sweep();
  const auto environments = ListEnvironments(program);
  if (!environments) return program.Complain(environments.error());
  if (program.json()) {
    Json list = Json::array();
    for (const LiveEnvironment& each : *environments) list.push_back(ToJson(each.view));
    program.PrintJson({{"environments", list}});
    return ExitCode::kPassed;
  }
  if (environments->empty()) program.Print("no environment is live\n");
  for (const LiveEnvironment& each : *environments) program.Print(RenderEnvironment(each.view));
  return ExitCode::kPassed;
}

}  // namespace

Body DefineStatus(CLI::App& app, Program& program) {
  AddJson(app, program);
  return [&program] { return Main(program); };
}

}  // namespace ctestbed

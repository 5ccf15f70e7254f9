// ctestbed teardown: end environments that deploy left up.

#include <fmt/format.h>

#include <set>

#include "cli/command.h"
#include "cli/environments.h"

namespace ctestbed {
namespace {

struct TeardownOptions {
  std::string id;
  bool all = false;
};

ExitCode End(Program& program, const LiveEnvironment& environment) {
  const auto ending = EndSession(environment.session, "");
  if (!ending) return program.Complain(ending.error());
  if (!ending->leftovers.empty()) {
    program.Warn("ctestbed: left behind: " + ending->leftovers);
    return ExitCode::kLeftovers;
  }
  program.Print(fmt::format("{} is down\n", environment.view.id));
  return ExitCode::kPassed;
}

ExitCode Main(Program& program, const TeardownOptions& options) {
  program.Sweep();
  if (!options.all) {
    const auto environment = ChooseEnvironment(program, options.id);
    return environment ? End(program, *environment) : program.Complain(environment.error());
  }
  const auto environments = ListEnvironments(program);
  if (!environments) return program.Complain(environments.error());
  ExitCode code = ExitCode::kPassed;
  std::set<std::string> ended_sessions;
  for (const LiveEnvironment& environment : *environments) {
    if (!ended_sessions.insert(environment.session.id).second) continue;
    const ExitCode ended = End(program, environment);
    if (ended != ExitCode::kPassed) code = ended;
  }
  return code;
}

}  // namespace

Body DefineTeardown(CLI::App& app, Program& program) {
  auto options = std::make_shared<TeardownOptions>();
  AddOption(app, "environment", options->id, "its id, when several are live");
  AddFlag(app, "--all", options->all, "every environment of this user");
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

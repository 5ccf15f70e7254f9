// ctestbed supervise: the detached process of a session (supervisor/supervisor.h).

#include "cli/command.h"
#include "supervisor/supervisor.h"

namespace ctestbed {
namespace {

struct SuperviseOptions {
  SupervisorOptions session;
  int owner = 0;
  std::string ttl = "0ms";
};

Result<std::string> Serve(Program& program, const SuperviseOptions& options,
                          const SignalWatcher& signals, DetachedProgram& detached) {
  TRY(Driver * driver, program.available_driver(options.session.backend));
  TRY(const StateDirectory state, program.state());
  SupervisorOptions session = options.session;
  if (options.owner != 0) {
    session.owner = Identify(options.owner);
    if (!session.owner) return Fail(ErrorKind::kNotFound, "the owner of the session is gone");
  }
  TRY(session.ttl, ParseDuration(options.ttl));
  session.version = CTESTBED_VERSION;
  TRY(Launcher * launcher, program.launcher());
  const SupervisorServices services{
      *driver,
      program.http(),
      program.files(),
      program.clock(),
      *launcher,
      program.environment(),
      [&](const std::vector<Event>& events, const std::string& results) {
        return program.Report(events, results);
      }};
  auto leftovers = Supervise(session, state, services, signals, detached);
  // What its backend still has is swept by a later command, which finds it by the session.
  if (leftovers && leftovers->empty()) TRY_DO(state.RemoveSession(session.session));
  return leftovers;
}

ExitCode Main(Program& program, const SuperviseOptions& options) {
  auto detached = DetachedProgram::Enter();
  if (!detached) return program.Complain(detached.error());
  const FileLock lock = detached->TakeLock();  // until the end
  // Before any thread, so that all have them blocked.
  const SignalWatcher signals;
  const auto leftovers = Serve(program, options, signals, *detached);
  if (!leftovers) {
    detached->Failed(leftovers.error().message);
    return program.Complain(leftovers.error());
  }
  return leftovers->empty() ? ExitCode::kPassed : ExitCode::kLeftovers;
}

}  // namespace

Body DefineSupervise(CLI::App& app, Program& program) {
  auto options = std::make_shared<SuperviseOptions>();
  AddOption(app, "--session", options->session.session, "id of the session", {.required = true});
  AddOption(app, "--results", options->session.results, "directory of results", {.required = true});
  AddOption(app, "--backend", options->session.backend, "name of the backend", {.required = true});
  AddOption(app, "--owner", options->owner, "process whose end ends the session");
  AddOption(app, "--ttl", options->ttl, "time after which the session ends by itself");
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

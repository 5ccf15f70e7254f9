// The steps that give verdicts: a run, and what stands for a broken preset or suite.

#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "cli/ctest_plan.h"
#include "cli/ctest_steps.h"
#include "cli/environments.h"
#include "io/signals.h"
#include "report/console.h"
#include "runner/runner.h"

namespace ctestbed {
namespace {

// Asks to stop at the first signal, and when ctest has ended: nobody wants the result any more.
class Interruption {
 public:
  explicit Interruption(const ProcessIdentity& ctest)
      : signal_([this](std::stop_token stop) { Take(watcher_.Wait(stop)); }),
        owner_([this, ctest](std::stop_token stop) {
          if (WaitForEnd(ctest, stop)) Take(kTerminated);
        }) {}

  std::stop_token token() const { return stop_.get_token(); }
  // The exit code that tells of it; nothing when there was none.
  std::optional<ExitCode> code() const {
    if (number_ == 0) return std::nullopt;
    return static_cast<ExitCode>(128 + number_);
  }

 private:
  static constexpr int kTerminated = 15;

  void Take(int number) {
    if (number == 0) return;
    number_ = number;
    stop_.request_stop();
  }

  const SignalWatcher watcher_;  // first: the threads must have the signals blocked
  std::stop_source stop_;
  std::atomic<int> number_ = 0;
  std::jthread signal_;
  std::jthread owner_;
};

ExitCode CodeOf(const RunOutcome& outcome) {
  if (outcome.environment_broke) return ExitCode::kEnvironmentFailed;
  if (outcome.verdict == Verdict::kPassed) return ExitCode::kPassed;
  return outcome.verdict == Verdict::kSkipped ? ExitCode::kSkipped : ExitCode::kTestsFailed;
}

// What the last attempt of a run left in the stream, and in one line what it came to.
void Tell(Program& program, const std::string& results, const std::string& run,
          const RunOutcome& outcome) {
  std::vector<Event> events;
  for (Event& event : program.ReadEvents(results, run)) {
    if (event.kind == EventKind::kRunStarted) events.clear();
    events.push_back(std::move(event));
  }
  Console console([&](std::string_view text) { program.Print(text); }, false, 0);
  for (const Event& event : events) console.OnEvent(event);
  program.Print(fmt::format("{}: {}{}{}\n", VerdictName(outcome.verdict), run,
                            outcome.message.empty() ? "" : ": ", outcome.message));
}

ExitCode TellBlocked(Program& program, SessionClient& session, const Run& run, const Error& error) {
  const Status emitted = EmitBlocked(session, run, error.message);
  if (!emitted) program.Complain(emitted.error());
  if (error.kind != ErrorKind::kBlocked) return ComplainOfEnvironment(program, error);
  program.Print(fmt::format("skipped: {}\n", error.message));
  return ExitCode::kSkipped;
}

ExitCode Execute(Program& program, ConnectedSession session, PlannedRun planned,
                 const Interruption& interruption) {
  if (const std::string reason =
          SkipReason(planned.suite, program.files(), planned.host_environment);
      !reason.empty()) {
    const Status emitted = EmitSkipped(session.client, planned.run, reason);
    if (!emitted) return ComplainOfSession(program, emitted.error());
    program.Print(fmt::format("skipped: {}\n", reason));
    return ExitCode::kSkipped;
  }
  planned.demand.exclusive = planned.suite.isolation == Isolation::kExclusive;
  const auto environment =
      session.client.Acquire(planned.demand, false, false, interruption.token());
  if (interruption.code()) return *interruption.code();
  if (!environment) return TellBlocked(program, session.client, planned.run, environment.error());
  const auto io = program.tester_io();
  if (!io) return program.Complain(io.error());
  const RunnerServices services{*io, [&] { return session.handle.Connect(); },
                                planned.host_environment, session.handle.results};
  const auto outcome = ExecuteRun(session.client, *environment, planned.run, planned.suite,
                                  services, interruption.token());
  static_cast<void>(session.client.Release(true, DirtyNodes(planned.suite)));
  if (interruption.code()) return *interruption.code();
  if (!outcome) return ComplainOfSession(program, outcome.error());
  Tell(program, session.handle.results, RunName(planned.run), *outcome);
  return CodeOf(*outcome);
}

// A run that stands for all that a broken preset or suite would have had: no report must be greener
// than the session was.
Event VerdictOn(const BrokenName& broken) {
  return {.kind = EventKind::kRunFinished,
          .suite = broken.name,
          .run = broken.name,
          .verdict = Verdict::kError,
          .message = broken.problems.empty() ? "has a mistake" : broken.problems.front().message,
          .detail = Render(broken.problems)};
}

}  // namespace

ExitCode RunStep(Program& program, const CTestOptions& options, const std::string& run) {
  const auto owner = FindOwner(options);
  if (!owner) return program.Complain(owner.error());
  const Interruption interruption(owner->process);
  auto planned = FindPlannedRun(program, options, *owner, run);
  if (!planned) return program.Complain(planned.error());
  auto session = OpenSession(program, options, *owner);
  if (!session) return ComplainOfSession(program, session.error());
  return Execute(program, std::move(*session), std::move(*planned), interruption);
}

ExitCode DiscoveryStep(Program& program, const CTestOptions& options, const std::string& name) {
  const auto project = LoadCTestProject(program, options);
  if (!project) return program.Complain(project.error());
  const BrokenName* broken = project->FindBroken(name);
  if (broken == nullptr) {
    program.Print(fmt::format("{} has no mistakes any more; run ctest again\n", name));
    return ExitCode::kPassed;
  }
  const Event event = VerdictOn(*broken);
  if (const auto session = FindOwnSession(program, options)) {
    if (auto client = session->Connect()) static_cast<void>(client->Emit(event));
  }
  program.Warn(event.detail);
  return ExitCode::kBadInput;
}

}  // namespace ctestbed

// ctestbed run: load, plan, run, report, tear down.

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "cli/backend_choice.h"
#include "cli/command.h"
#include "cli/github.h"
#include "cli/history.h"
#include "cli/planning.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "io/private_directory.h"
#include "io/signals.h"
#include "report/console.h"
#include "report/results.h"
#include "runner/runner.h"

namespace ctestbed {
namespace {

struct RunOptions {
  ProjectOptions project;
  PlanningOptions planning;
  std::string backend;
  std::string out;
};

// Shows the events of a session as they come, and keeps them.
class Follower {
 public:
  explicit Follower(SessionClient connection)
      : connection_(std::move(connection)),
        console_([](std::string_view text) { std::cout << text << std::flush; }, StdoutIsTerminal(),
                 TerminalColumns()),
        thread_([this](std::stop_token stop) {
          static_cast<void>(connection_.Follow(
              [this](const Event& event) {
                events_.push_back(event);
                console_.OnEvent(event);
              },
              stop));
        }) {}

  // Waits for the end of the stream.
  const std::vector<Event>& Finish() {
    thread_.join();
    console_.Finish();
    return events_;
  }

 private:
  SessionClient connection_;
  Console console_;
  std::vector<Event> events_;
  std::jthread thread_;
};

ExitCode CodeOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
    case Outcome::kSkipped:
      return ExitCode::kPassed;
    case Outcome::kTestsFailed:
    case Outcome::kNothingRan:
      return ExitCode::kTestsFailed;
    case Outcome::kLeftovers:
      return ExitCode::kLeftovers;
    case Outcome::kAborted:
    case Outcome::kEnvironmentFailed:
      break;
  }
  return ExitCode::kEnvironmentFailed;
}

// Runs the plan until it is done or a signal comes; the signal, or 0.
Result<int> ExecuteInterruptibly(const Plan& plan, const std::vector<Suite>& suites,
                                 const RunnerServices& services, const SignalWatcher& signals) {
  std::stop_source stop;
  int signal = 0;
  std::jthread waiter([&](std::stop_token token) {
    signal = signals.Wait(token);
    if (signal != 0) stop.request_stop();
  });
  const Status status = ExecutePlan(plan, suites, services, stop.get_token());
  waiter.request_stop();
  waiter.join();
  if (signal != 0) return signal;
  if (!status) return tl::unexpected<Error>(status.error());
  return 0;
}

// Clears up after a supervisor that is gone, and finishes its report.
ExitCode LoseSession(Program& program, const SessionHandle& session, const Error& error) {
  program.Complain(error);
  AwaitLock(program, session);
  program.Sweep();
  return ExitCode::kEnvironmentFailed;
}

Status CheckBackends(const Plan& plan, const std::string& backend) {
  for (const Lane& lane : plan.lanes) {
    for (const Batch& batch : lane.batches) {
      Status allowed = CheckBackend(batch.topology, batch.preset, backend);
      if (allowed) continue;
      allowed.error().detail = "choose other runs by --preset, or another backend by --backend";
      return allowed;
    }
  }
  return {};
}

// Whether the backend starts nodes such as those of the plan.
bool IsSupported(const Plan& plan, const Driver& driver) {
  const std::vector<Capability> can = driver.Capabilities();
  for (const Lane& lane : plan.lanes) {
    for (const Batch& batch : lane.batches) {
      if (!CheckSupported(batch.topology, can)) return false;
    }
  }
  return true;
}

ExitCode Execute(Program& program, const RunOptions& options, const LoadedProject& loaded,
                 const Plan& plan, const std::string& backend, const SignalWatcher& signals) {
  const auto io = program.tester_io();
  if (!io) return program.Complain(io.error());
  const ProcessIdentity self = Identify(OwnPid()).value_or(ProcessIdentity{});
  const auto session = StartSession(
      program, {fmt::format("run-{}-{}", self.pid, self.start_time), options.out, backend, self});
  if (!session) return program.Complain(session.error());
  auto connection = session->Connect();
  if (!connection) return program.Complain(connection.error());
  Follower follower(std::move(*connection));
  const RunnerServices services{*io, [&] { return session->Connect(); }, loaded.host_environment,
                                session->results};
  const auto signal = ExecuteInterruptibly(plan, loaded.Suites(), services, signals);
  const std::string reason = !signal        ? signal.error().message
                             : *signal == 0 ? ""
                                            : fmt::format("interrupted by signal {}", *signal);
  const auto ending = EndSession(*session, reason);
  const std::vector<Event>& events = follower.Finish();
  Remember(program, options.project, events);
  const Outcome outcome = OutcomeOf(FoldResults(events));
  if (ending) {
    AppendStepSummary(program, session->results);
    PrintAnnotations(program, events);
  }
  if (signal && *signal != 0) return static_cast<ExitCode>(128 + *signal);
  if (!signal || !ending) {
    return LoseSession(program, *session, signal ? ending.error() : signal.error());
  }
  if (!ending->leftovers.empty()) {
    program.Warn("ctestbed: left behind: " + ending->leftovers);
    if (outcome == Outcome::kPassed) return ExitCode::kLeftovers;
  }
  return CodeOf(outcome);
}

// The part of the plan that is asked for.
Result<Plan> PlanFor(Program& program, const RunOptions& options, const LoadedProject& loaded,
                     const std::string& backend) {
  const PlanningOptions& planning = options.planning;
  TRY_DO(CheckTogether(planning, !planning.shard.empty()));
  std::optional<Shard> shard;
  if (!planning.shard.empty()) {
    TRY(shard, ParseShard(planning.shard));
  }
  const PlanSettings settings = SettingsFor(program, options.project, planning, backend,
                                            shard ? std::optional(shard->count) : std::nullopt);
  TRY(Plan plan, MakePlan(InputOf(loaded), planning.selection.ToSelection(), settings));
  return shard ? ShardOf(plan, *shard, settings) : plan;
}

ExitCode Main(Program& program, const RunOptions& options) {
  const SignalWatcher signals;
  const auto loaded = program.Load(options.project);
  if (!loaded) return program.Complain(loaded.error());
  if (loaded->problems.HasErrors()) return program.Complain(loaded->problems);
  const auto backend = ChooseBackend(program, options.backend, loaded->Presets());
  if (!backend) return program.Complain(backend.error());
  const auto driver = program.available_driver(*backend);
  if (!driver) return program.Complain(driver.error());
  const auto plan = PlanFor(program, options, *loaded, *backend);
  if (!plan) return program.Complain(plan.error());
  if (plan->lanes.empty()) {
    program.Print(fmt::format("nothing to do: the plan needs fewer shards than {}\n",
                              options.planning.shard));
    return ExitCode::kPassed;
  }
  const Status allowed = CheckBackends(*plan, *backend);
  if (!allowed) return program.Complain(allowed.error());
  program.Sweep();
  const ExitCode code = Execute(program, options, *loaded, *plan, *backend, signals);
  const bool unsupported = code == ExitCode::kEnvironmentFailed && !IsSupported(*plan, **driver);
  return unsupported ? ExitCode::kUnsupported : code;
}

}  // namespace

Body DefineRun(CLI::App& app, Program& program) {
  auto options = std::make_shared<RunOptions>();
  AddProjectOptions(app, options->project);
  AddPlanningOptions(app, options->planning);
  AddBackend(app, options->backend);
  AddOption(
      app, "--out", options->out,
      "directory for events.ndjson, the reports and logs/; default: one of its own under the state "
      "directory, to which 'latest' there links");
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed

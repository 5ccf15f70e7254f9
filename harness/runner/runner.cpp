#include "runner/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "io/hide_in_files.h"
#include "io/private_directory.h"
#include "model/headline.h"
#include "runner/expected.h"
#include "runner/log_watch.h"
#include "runner/test_environment.h"

namespace ctestbed {
namespace {

// How long a failed run waits for the news that a node died of it.
constexpr Duration kNewsTakes{300};

Event RunEvent(EventKind kind, const Run& run) {
  return {.kind = kind,
          .preset = run.preset,
          .cell = run.cell,
          .suite = run.suite,
          .run = RunName(run)};
}

// Stops a tester as soon as the environment under it breaks or its session ends.
class BreakageWatch {
 public:
  BreakageWatch(SessionClient connection, const std::string& environment, std::stop_source& tester)
      : connection_(std::move(connection)),
        thread_([this, environment, &tester](std::stop_token stop) {
          auto breakage = connection_.Watch(environment, stop);
          tester.request_stop();
          const std::lock_guard lock(mutex_);
          breakage_ = std::move(breakage);
          changed_.notify_all();
        }) {}

  std::optional<Breakage> WaitFor(Duration duration) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, duration, [this] { return breakage_.has_value(); });
    return breakage_;
  }

 private:
  SessionClient connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Breakage> breakage_;
  std::jthread thread_;  // last, so that it ends first
};

bool IsBad(Verdict verdict) {
  return verdict != Verdict::kPassed && verdict != Verdict::kSkipped;
}

// Counts the cases of a run and remembers the first that went wrong.
class Tally {
 public:
  void Add(const CaseResult& result) {
    ++total_;
    if (result.verdict == Verdict::kSkipped) ++skipped_;
    if (!IsBad(result.verdict)) return;
    ++bad_;
    has_error_ = has_error_ || result.verdict == Verdict::kError;
    if (first_.empty()) first_ = CaseHeadline(result.name, result.message);
  }

  RunOutcome Judge(const Status& status) const {
    if (!status) return {Verdict::kError, status.error().message};
    if (total_ == 0) return {Verdict::kError, "no case ran"};
    if (bad_ > 0) {
      const std::string message =
          bad_ == 1 ? first_ : fmt::format("{} (+{} more)", first_, bad_ - 1);
      return {has_error_ ? Verdict::kError : Verdict::kFailed, message};
    }
    if (skipped_ == total_) return {Verdict::kSkipped, "every case was skipped"};
    return {Verdict::kPassed, ""};
  }

 private:
  int total_ = 0;
  int bad_ = 0;
  int skipped_ = 0;
  bool has_error_ = false;
  std::string first_;
};

Event CaseEvent(const Run& run, const CaseResult& result) {
  Event event = RunEvent(EventKind::kCaseFinished, run);
  event.name = result.name;
  event.verdict = result.verdict;
  event.message = result.message;
  event.detail = result.detail;
  event.mark = result.mark;
  event.duration = result.duration;
  return event;
}

// Absolute, since programs run in a directory of their own.
std::string DirectoryOf(const std::string& file) {
  return std::filesystem::absolute(file).lexically_normal().parent_path().string();
}

TestContext MakeContext(const EnvironmentView& environment, const Run& run, const Suite& suite,
                        const std::map<std::string, std::string>& secrets,
                        const RunnerServices& services) {
  const std::string id = UniqueToken().substr(0, 12);
  TestContext context{run, TestValues(environment, run, id), services.host_environment,
                      fmt::format("{}/runs/{}-{}", services.results, RunName(run), id),
                      services.io.clock.Now() + suite.timeout};
  context.values["suite.directory"] = DirectoryOf(suite.file);
  context.environment.merge(TestVariables(environment, run, id));
  for (const auto& [name, value] : secrets) context.values[SecretReference(name)] = value;
  return context;
}

// Why a run that ended badly did: the end of a node comes before all else.
void Blame(RunOutcome& outcome, Event& finished, const std::optional<Breakage>& breakage) {
  if (!breakage) return;
  outcome = {Verdict::kError, breakage->message + " while the suite ran", true};
  finished.node = breakage->node;
  finished.detail = breakage->detail;
}

}  // namespace

Demand DemandFor(const Batch& batch, int order, int lane) {
  std::string key = batch.environment;
  const bool alone = batch.renewal != Renewal::kNone;
  if (alone && !batch.runs.empty()) key += "#" + RunName(batch.runs.front());
  Demand demand{std::move(key), order, batch.topology, batch.preset, batch.cell, batch.renewal};
  demand.lane = lane;
  return demand;
}

Result<RunOutcome> ExecuteRun(SessionClient& session, const EnvironmentView& environment,
                              const Run& run, const Suite& suite, const RunnerServices& services,
                              std::stop_token stop) {
  const TimePoint start = services.io.clock.Now();
  Event started = RunEvent(EventKind::kRunStarted, run);
  started.environment = environment.id;
  TRY_DO(session.Emit(started));
  TRY(const auto secrets, session.Secrets(environment.id));
  const TestContext context = MakeContext(environment, run, suite, secrets, services);
  TRY_DO(services.io.files.MakeDirectories(context.work_directory));

  std::stop_source tester_stop;
  const std::stop_callback on_stop(stop, [&] { tester_stop.request_stop(); });
  TRY(SessionClient watching, services.connect());
  BreakageWatch watch(std::move(watching), environment.id, tester_stop);
  Tally tally;
  LogWatch logs(services.io.files, services.io.clock, services.results, environment);
  Status emitted;
  ExpectedOutcomes expected(suite);
  const CaseSink sink = [&](const CaseResult& reported) {
    const CaseResult result = expected.Judge(reported);
    tally.Add(result);
    Event event = CaseEvent(run, result);
    event.logs = logs.OfCase(result.duration, IsBad(result.verdict));
    if (emitted) emitted = session.Emit(event);
  };
  const std::unique_ptr<Tester> tester = FindTester(suite.tester.value)->make(services.io);
  const Status status = tester->Run(suite, context, sink, tester_stop.get_token());
  const Mask mask(secrets);
  HideInFilesBelow(services.io.files, context.work_directory, mask);
  if (status) {
    for (const CaseResult& missing : expected.Missing()) sink(missing);
  }
  TRY_DO(emitted);

  RunOutcome outcome = tally.Judge(status);
  Event finished = RunEvent(EventKind::kRunFinished, run);
  if (!status) {
    finished.detail = status.error().detail;
    finished.logs = logs.OfRun();
  }
  if (stop.stop_requested()) {
    outcome = {Verdict::kError, "interrupted"};
  } else {
    const bool is_bad = outcome.verdict != Verdict::kPassed;
    TRY(auto breakage, session.Check(environment.id, is_bad));
    if (!breakage && is_bad) breakage = watch.WaitFor(kNewsTakes);
    Blame(outcome, finished, breakage);
  }
  finished.verdict = outcome.verdict;
  finished.message = outcome.message;
  finished.duration = std::chrono::duration_cast<Duration>(services.io.clock.Now() - start);
  TRY_DO(session.Emit(finished));
  outcome.message = mask(outcome.message);
  return outcome;
}

std::string SkipReason(const Suite& suite, const FileSystem& files,
                       const std::map<std::string, std::string>& host_environment) {
  const auto path = host_environment.find("PATH");
  const std::vector<std::string> directories =
      path == host_environment.end() ? std::vector<std::string>() : Split(path->second, ':');
  for (const Located<std::string>& program : suite.programs) {
    const bool found =
        std::any_of(directories.begin(), directories.end(), [&](const std::string& directory) {
          return !directory.empty() && files.Exists(directory + "/" + program.value);
        });
    if (!found) return fmt::format("it requires {}, which is not in PATH", Quote(program.value));
  }
  return "";
}

Status EmitSkipped(SessionClient& session, const Run& run, const std::string& reason) {
  Event event = RunEvent(EventKind::kRunFinished, run);
  event.verdict = Verdict::kSkipped;
  event.message = reason;
  return session.Emit(event);
}

std::vector<std::string> DirtyNodes(const Suite& suite) {
  std::vector<std::string> nodes;
  for (const Located<std::string>& node : suite.dirties) nodes.push_back(node.value);
  return nodes;
}

Status EmitBlocked(SessionClient& session, const Run& run, const std::string& message) {
  Event event = RunEvent(EventKind::kRunFinished, run);
  event.verdict = Verdict::kBlocked;
  event.message = message;
  return session.Emit(event);
}

namespace {

const Suite* FindSuite(const std::vector<Suite>& suites, const std::string& name) {
  const auto found = std::find_if(suites.begin(), suites.end(),
                                  [&](const Suite& suite) { return suite.name.value == name; });
  return found == suites.end() ? nullptr : &*found;
}

bool IsLost(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kCancelled;
}

// Executes the batches of one lane, by a connection of its own.
class LaneRun {
 public:
  LaneRun(SessionClient session, size_t lane, const std::vector<Suite>& suites,
          const RunnerServices& services, std::stop_token stop)
      : session_(std::move(session)),
        lane_(lane),
        suites_(suites),
        services_(services),
        stop_(std::move(stop)) {}

  // `order` is the place of the lane's first batch in the plan.
  Status Execute(const Lane& lane, int order) {
    for (const Batch& batch : lane.batches) TRY_DO(ExecuteBatch(batch, order++));
    return {};
  }

 private:
  Status ExecuteBatch(const Batch& planned, int order) {
    TRY(const Batch batch, WithoutSkipped(planned));
    for (size_t next = 0; next < batch.runs.size();) {
      const Demand demand = DemandFor(batch, order, static_cast<int>(lane_));
      const auto environment = session_.Acquire(demand, false, false, stop_);
      if (!environment && IsLost(environment.error())) {
        return tl::unexpected<Error>(environment.error());
      }
      if (!environment) {
        for (; next < batch.runs.size(); ++next) {
          TRY_DO(EmitBlocked(session_, batch.runs[next], environment.error().message));
        }
        return {};
      }
      std::vector<std::string> dirty;
      TRY_DO(ExecuteRuns(*environment, batch, next, dirty));
      TRY_DO(session_.Release(true, dirty));
    }
    return {};
  }

  // The batch less the runs of suites that lack a program; these are told.
  Result<Batch> WithoutSkipped(Batch batch) {
    std::vector<Run> kept;
    for (Run& run : batch.runs) {
      const std::string reason = SkipReason(*FindSuite(suites_, run.suite), services_.io.files,
                                            services_.host_environment);
      if (reason.empty()) {
        kept.push_back(std::move(run));
      } else {
        TRY_DO(EmitSkipped(session_, run, reason));
      }
    }
    batch.runs = std::move(kept);
    return batch;
  }

  // Runs from `next` on, until one breaks the environment or leaves nodes dirty, or all are done.
  Status ExecuteRuns(const EnvironmentView& environment, const Batch& batch, size_t& next,
                     std::vector<std::string>& dirty) {
    for (bool broke = false; next < batch.runs.size() && !broke && dirty.empty(); ++next) {
      const Run& run = batch.runs[next];
      const Suite& suite = *FindSuite(suites_, run.suite);
      if (stop_.stop_requested()) return Fail(ErrorKind::kCancelled, "interrupted");
      TRY(const RunOutcome outcome,
          ExecuteRun(session_, environment, run, suite, services_, stop_));
      broke = outcome.environment_broke;
      dirty = DirtyNodes(suite);
    }
    return {};
  }

  SessionClient session_;
  const size_t lane_;
  const std::vector<Suite>& suites_;
  const RunnerServices& services_;
  const std::stop_token stop_;
};

Status TellPlan(SessionClient& session, const Plan& plan) {
  TRY_DO(session.Emit({.kind = EventKind::kSessionPlanned, .cost = plan.cost}));
  for (const Lane& lane : plan.lanes) {
    for (const Batch& batch : lane.batches) {
      for (const Run& run : batch.runs) {
        TRY_DO(session.Emit(RunEvent(EventKind::kRunPlanned, run)));
      }
    }
  }
  return {};
}

}  // namespace

Status ExecutePlan(const Plan& plan, const std::vector<Suite>& suites,
                   const RunnerServices& services, std::stop_token stop) {
  TRY(SessionClient session, services.connect());
  TRY_DO(TellPlan(session, plan));
  std::stop_source ending;  // of every lane
  const std::stop_callback on_stop(stop, [&] { ending.request_stop(); });
  std::mutex failing;
  Status first_failure;
  const auto execute = [&](size_t lane, int order) {
    auto connection = services.connect();
    Status status =
        connection ? LaneRun(std::move(*connection), lane, suites, services, ending.get_token())
                         .Execute(plan.lanes[lane], order)
                   : tl::unexpected<Error>(connection.error());
    if (status) return;
    const std::lock_guard lock(failing);
    if (first_failure) first_failure = std::move(status);
    ending.request_stop();
  };
  {
    std::vector<std::jthread> lanes;
    int order = 0;
    for (size_t lane = 0; lane < plan.lanes.size(); ++lane) {
      lanes.emplace_back(execute, lane, order);
      order += static_cast<int>(plan.lanes[lane].batches.size());
    }
  }
  return first_failure;
}

}  // namespace ctestbed

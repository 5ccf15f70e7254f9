#include "tester/steps/suite_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>
namespace ctestbed {
namespace {

SourceMark FirstMark(const Steps& steps) {
  return steps.empty() ? SourceMark{} : steps.front()->mark;
}

CaseResult ResultFor(const std::string& name, const SourceMark& mark) {
  CaseResult result;
  result.name = name;
  result.mark = mark;
  return result;
}

bool HasUndefined(const SuiteStep& step, const Variables& variables) {
  return std::any_of(step.references.begin(), step.references.end(),
                     [&](const std::string& name) { return variables.Find(name) == nullptr; });
}

class SuiteRun {
 public:
  SuiteRun(const StepSuite& suite, const StepContext& context, const CaseSink& sink)
      : suite_(suite), context_(context), sink_(sink) {
    around_.around_tests = true;
  }

  Status Run() {
    const std::string setup_failure = SetUp();
    if (suite_.parallel > 1) {
      RunSideBySide(setup_failure);
    } else {
      for (const StepCase& one : suite_.cases) {
        const CaseResult result = RunCase(one, setup_failure);
        if (Stopped()) break;
        sink_(result);
      }
    }
    CaseResult last = ResultFor("finally", FirstMark(suite_.finally));
    const TimePoint start = context_.io.clock.Now();
    RunFinally(suite_.finally, around_, !setup_failure.empty(), last);
    if (last.verdict != Verdict::kPassed && !Stopped()) Report(last, start);
    if (Stopped()) return Fail(ErrorKind::kCancelled, "the run was stopped");
    return {};
  }

 private:
  bool Stopped() const { return context_.stop.stop_requested(); }

  // The message of the failure, if there was one.
  std::string SetUp() {
    CaseResult setup = ResultFor("setup", FirstMark(suite_.setup));
    const TimePoint start = context_.io.clock.Now();
    Variables& variables = around_.variables;
    for (const std::string& name : suite_.secrets) variables.Hide(name);
    for (const auto& [name, value] : context_.test.values) variables.Set(name, value);
    if (!SetAll(suite_.variables, variables, setup)) {
      setup.mark = suite_.variables.front().key.mark;
    } else {
      RunSteps(suite_.setup, around_, setup);
    }
    if (setup.verdict != Verdict::kPassed && !Stopped()) Report(setup, start);
    return setup.message;
  }

  // Some workers take the cases in order; this thread reports them in order.
  void RunSideBySide(const std::string& setup_failure) {
    std::vector<std::promise<CaseResult>> promises(suite_.cases.size());
    std::atomic<size_t> next = 0;
    const auto work = [&] {
      for (size_t i = next++; i < promises.size(); i = next++) {
        promises[i].set_value(RunCase(suite_.cases[i], setup_failure));
      }
    };
    std::vector<std::jthread> workers;
    const size_t count = std::min(static_cast<size_t>(suite_.parallel), promises.size());
    for (size_t i = 0; i < count; ++i) workers.emplace_back(work);
    for (std::promise<CaseResult>& promise : promises) {
      const CaseResult result = promise.get_future().get();
      if (!Stopped()) sink_(result);
    }
  }

  CaseResult RunCase(const StepCase& one, const std::string& setup_failure) const {
    const StepTest& test = suite_.tests[one.test];
    CaseResult result = ResultFor(one.identity.name, one.identity.mark);
    const TimePoint start = context_.io.clock.Now();
    if (!test.skip.empty()) {
      result.verdict = Verdict::kSkipped;
      result.message = test.skip;
    } else if (!setup_failure.empty()) {
      result.verdict = Verdict::kError;
      result.message = "setup failed: " + setup_failure;
    } else if (start >= context_.test.deadline) {
      result.verdict = Verdict::kError;
      result.message = "not run: the time of the suite is over";
    } else if (!Stopped()) {
      RunTest(test, one.row, result);
    }
    result.duration = Since(start);
    return result;
  }

  void RunTest(const StepTest& test, const std::vector<Document::Entry>& row,
               CaseResult& result) const {
    Scene scene;
    scene.variables = around_.variables;
    scene.cookies = around_.cookies;
    if (test.begin) scene.state = test.begin(context_);
    if (SetAll(row, scene.variables, result)) {
      RunSteps(test.steps, scene, result);
      const bool holds = result.verdict == Verdict::kPassed && !Stopped();
      if (holds && scene.state) Take(scene.state->Finish(context_, scene.variables), "", result);
    }
    RunFinally(test.finally, scene, result.verdict != Verdict::kPassed, result);
  }

  bool SetAll(const std::vector<Document::Entry>& entries, Variables& variables,
              CaseResult& result) const {
    for (const auto& [name, value] : entries) {
      const OrFailure<Document> expanded = ExpandDocument(value, variables);
      if (!expanded) {
        Take(StepFailure{Headline(expanded.error()),
                         variables.Mask(RenderFailures({expanded.error()}, context_.source))},
             "", result);
        return false;
      }
      variables.Set(name.value, JsonOf(*expanded));
    }
    return true;
  }

  void RunSteps(const Steps& steps, Scene& scene, CaseResult& result) const {
    for (const auto& step : steps) {
      if (!RunStep(*step, scene, "", result)) return;
    }
  }

  // Every step, whatever became of those before it; but `after_failure` not those that need what
  // was never captured.
  void RunFinally(const Steps& steps, Scene& scene, bool after_failure, CaseResult& result) const {
    for (const auto& step : steps) {
      if (after_failure && HasUndefined(*step, scene.variables)) continue;
      RunStep(*step, scene, "finally: ", result);
    }
  }

  bool RunStep(const SuiteStep& step, Scene& scene, std::string_view prefix,
               CaseResult& result) const {
    return !Stopped() && Take(step.Run(context_, scene), prefix, result);
  }

  // Whether there is no failure. The first one gives the message; the details of all are kept.
  static bool Take(const std::optional<StepFailure>& failure, std::string_view prefix,
                   CaseResult& result) {
    if (!failure) return true;
    const std::string message = fmt::format("{}{}", prefix, failure->message);
    result.verdict = Verdict::kFailed;
    result.detail += result.message.empty() ? "" : message + "\n";
    if (result.message.empty()) result.message = message;
    result.detail += failure->detail;
    return false;
  }

  Duration Since(TimePoint start) const {
    return std::chrono::duration_cast<Duration>(context_.io.clock.Now() - start);
  }

  void Report(CaseResult& result, TimePoint start) {
    result.duration = Since(start);
    sink_(result);
  }

  const StepSuite& suite_;
  const StepContext& context_;
  const CaseSink& sink_;
  Scene around_;
};

}  // namespace

Status RunStepSuite(const Suite& suite, StepLanguage& language, Diagnostics problems,
                    StepContext context, const CaseSink& sink) {
  const StepSuite read = ReadStepSuite(suite, language, problems);
  if (problems.HasErrors()) {
    return Fail(ErrorKind::kInvalid, problems.Sorted().front().message, Render(problems.Sorted()));
  }
  // Without its text the carets are missing from failures, nothing else.
  context.source = context.io.files.Read(suite.file).value_or("");
  return SuiteRun(read, context, sink).Run();
}

}  // namespace ctestbed

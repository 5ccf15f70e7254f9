#include "tester/http/suite_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "tester/http/step_runner.h"

namespace ctestbed {
namespace {

SourceMark FirstMark(const std::vector<HttpStep>& steps) {
  return steps.empty() ? SourceMark{} : steps.front().mark;
}

CaseResult ResultFor(const std::string& name, const SourceMark& mark) {
  CaseResult result;
  result.name = name;
  result.mark = mark;
  return result;
}

bool HasUndefined(const HttpStep& step, const Variables& variables) {
  return std::any_of(step.references.begin(), step.references.end(),
                     [&](const std::string& name) { return variables.Find(name) == nullptr; });
}

class SuiteRun {
 public:
  SuiteRun(const HttpSuite& suite, const HttpRunInput& input)
      : suite_(suite), input_(input), steps_(suite, input.io, input.context.deadline, input.stop) {}

  Status Run() {
    const std::string setup_failure = SetUp();
    for (const HttpCase& one : suite_.cases) {
      if (input_.stop.stop_requested()) break;
      RunCase(one, setup_failure);
    }
    CaseResult last = ResultFor("finally", FirstMark(suite_.finally));
    const TimePoint start = input_.io.clock.Now();
    RunFinally(suite_.finally, variables_, UndefinedHeaders::kLeaveOut, !setup_failure.empty(),
               last);
    if (last.verdict != Verdict::kPassed && !input_.stop.stop_requested()) Report(last, start);
    if (input_.stop.stop_requested()) return Fail(ErrorKind::kCancelled, "the run was stopped");
    return {};
  }

 private:
  // The message of the failure, if there was one.
  std::string SetUp() {
    CaseResult setup = ResultFor("setup", FirstMark(suite_.setup));
    const TimePoint start = input_.io.clock.Now();
    for (const std::string& name : suite_.secrets) variables_.Hide(name);
    for (const auto& [name, value] : input_.context.values) variables_.Set(name, value);
    if (!SetAll(suite_.variables, variables_, setup)) {
      setup.mark = suite_.variables.front().key.mark;
    } else {
      RunSteps(suite_.setup, variables_, UndefinedHeaders::kLeaveOut, setup);
    }
    if (setup.verdict != Verdict::kPassed && !input_.stop.stop_requested()) Report(setup, start);
    return setup.message;
  }

  void RunCase(const HttpCase& one, const std::string& setup_failure) {
    const HttpTest& test = suite_.tests[one.test];
    CaseResult result = ResultFor(one.identity.name, one.identity.mark);
    const TimePoint start = input_.io.clock.Now();
    if (!test.skip.empty()) {
      result.verdict = Verdict::kSkipped;
      result.message = test.skip;
    } else if (!setup_failure.empty()) {
      result.verdict = Verdict::kError;
      result.message = "setup failed: " + setup_failure;
    } else if (start >= input_.context.deadline) {
      result.verdict = Verdict::kError;
      result.message = "not run: the time of the suite is over";
    } else {
      Variables variables = variables_;
      if (SetAll(one.row, variables, result)) {
        RunSteps(test.steps, variables, UndefinedHeaders::kRefuse, result);
      }
      RunFinally(test.finally, variables, UndefinedHeaders::kRefuse,
                 result.verdict != Verdict::kPassed, result);
    }
    if (!input_.stop.stop_requested()) Report(result, start);
  }

  bool SetAll(const std::vector<Document::Entry>& entries, Variables& variables,
              CaseResult& result) {
    for (const auto& [name, value] : entries) {
      const OrFailure<Document> expanded = ExpandDocument(value, variables);
      if (!expanded) {
        AddFailure(Headline(expanded.error()),
                   variables.Mask(RenderFailures({expanded.error()}, input_.source)), result);
        return false;
      }
      variables.Set(name.value, JsonOf(*expanded));
    }
    return true;
  }

  void RunSteps(const std::vector<HttpStep>& steps, Variables& variables,
                UndefinedHeaders undefined, CaseResult& result) {
    for (const HttpStep& step : steps) {
      if (!RunStep(step, variables, undefined, "", result)) return;
    }
  }

  // Every step, whatever became of those before it; but `after_failure` not those that need what
  // was never captured.
  void RunFinally(const std::vector<HttpStep>& steps, Variables& variables,
                  UndefinedHeaders undefined, bool after_failure, CaseResult& result) {
    for (const HttpStep& step : steps) {
      if (after_failure && HasUndefined(step, variables)) continue;
      RunStep(step, variables, undefined, "finally: ", result);
    }
  }

  bool RunStep(const HttpStep& step, Variables& variables, UndefinedHeaders undefined,
               std::string_view prefix, CaseResult& result) {
    if (input_.stop.stop_requested()) return false;
    const StepOutcome outcome = steps_.Run(step, variables, undefined);
    if (outcome.Holds()) return true;
    AddFailure(fmt::format("{}{}", prefix, MessageOf(step, outcome, variables)),
               DetailOf(step, outcome, variables, input_.source), result);
    return false;
  }

  // The first failure gives the message; the details of all are kept.
  static void AddFailure(const std::string& message, const std::string& detail,
                         CaseResult& result) {
    result.verdict = Verdict::kFailed;
    result.detail += result.message.empty() ? "" : message + "\n";
    if (result.message.empty()) result.message = message;
    result.detail += detail;
  }

  void Report(CaseResult& result, TimePoint start) {
    result.duration = std::chrono::duration_cast<Duration>(input_.io.clock.Now() - start);
    input_.sink(result);
  }

  const HttpSuite& suite_;
  const HttpRunInput& input_;
  StepRunner steps_;
  Variables variables_;
};

}  // namespace

Status RunHttpSuite(const HttpSuite& suite, const HttpRunInput& input) {
  return SuiteRun(suite, input).Run();
}

}  // namespace ctestbed

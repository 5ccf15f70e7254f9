#include "tester/http/step_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ctestbed {
namespace {

bool Stops(const HttpUntil& until, const StepOutcome& outcome, const Variables& variables) {
  if (!outcome.response) return false;
  return std::any_of(until.stop_on.begin(), until.stop_on.end(), [&](const auto& pattern) {
    return StatusFits(ExpandText(pattern, variables).value_or(""), outcome.response->status);
  });
}

Failure TransportFailure(const HttpStep& step, const Error& error, Duration waited) {
  const bool timeout = error.kind == ErrorKind::kTimeout;
  return {step.mark,
          timeout ? fmt::format("no answer within {}", FormatDuration(waited)) : error.message,
          {}};
}

}  // namespace

StepOutcome StepRunner::Run(const HttpStep& step, Variables& variables,
                            UndefinedHeaders undefined) const {
  return step.until ? Repeatedly(step, variables, undefined)
                    : Once(step, variables, undefined, deadline_);
}

StepOutcome StepRunner::Once(const HttpStep& step, Variables& variables, UndefinedHeaders undefined,
                             TimePoint end) const {
  StepOutcome outcome;
  OrFailure<HttpRequest> request = BuildRequest(suite_, step, variables, undefined);
  if (!request) {
    outcome.findings.failures.push_back(request.error());
    return outcome;
  }
  outcome.request = std::move(*request);
  const TimePoint start = io_.clock.Now();
  const TimePoint last = std::min(end, start + step.timeout);
  Result<HttpResponse> response = io_.http.Send(*outcome.request, last, stop_);
  if (!response) {
    const auto waited = std::chrono::duration_cast<Duration>(std::max(last, start) - start);
    outcome.findings.failures.push_back(TransportFailure(step, response.error(), waited));
    return outcome;
  }
  outcome.findings = CheckAnswer(step, *response, variables);
  // After a wrong answer a capture that is missing is no news.
  if (outcome.Holds()) outcome.findings.failures = SaveFrom(step, *response, variables);
  outcome.response = std::move(*response);
  return outcome;
}

StepOutcome StepRunner::Repeatedly(const HttpStep& step, Variables& variables,
                                   UndefinedHeaders undefined) const {
  const HttpUntil& until = *step.until;
  const TimePoint end = std::min(deadline_, io_.clock.Now() + until.within);
  StepOutcome last;
  for (int tries = 1;; ++tries) {
    StepOutcome outcome = Once(step, variables, undefined, end);
    const TimePoint now = io_.clock.Now();
    // A request cut off by the end of the wait says less than the answer before it.
    const bool cut_off = !outcome.response && now >= end && last.response.has_value();
    if (!cut_off) last = std::move(outcome);
    if (last.Holds() || stop_.stop_requested()) return last;
    if (Stops(until, last, variables)) {
      last.note = fmt::format("stopped at once by status {}", last.response->status);
      return last;
    }
    if (now + until.every >= end) {
      last.note = fmt::format("still so after {} and {} {}", FormatDuration(until.within), tries,
                              tries == 1 ? "request" : "requests");
      return last;
    }
    io_.clock.SleepUntil(now + until.every, stop_);
  }
}

std::string MessageOf(const HttpStep& step, const StepOutcome& outcome,
                      const Variables& variables) {
  constexpr size_t kMost = 300;
  const std::vector<Failure>& failures = outcome.findings.failures;
  std::string message = fmt::format("{}: {}", OneLine(step.Name()), Headline(failures.front()));
  message = Shortened(variables.Mask(message), kMost);
  if (failures.size() > 1) message += fmt::format(" (+{} more)", failures.size() - 1);
  return message;
}

std::string DetailOf(const HttpStep& step, const StepOutcome& outcome, const Variables& variables,
                     std::string_view source) {
  std::string text = variables.Mask(RenderFailures(outcome.findings.failures, source));
  if (!outcome.note.empty()) text += outcome.note + "\n";
  if (outcome.response) text += DescribeAnswer(*outcome.response, outcome.findings, variables);
  std::vector<std::string> values;
  for (const std::string& name : step.references) {
    const Json* value = variables.Find(name);
    if (value != nullptr) values.push_back(fmt::format("{}={}", name, variables.Show(*value)));
  }
  if (!values.empty()) text += fmt::format("values: {}\n", Join(values, ", "));
  if (outcome.request) {
    text += fmt::format("again: {}\n", Visible(variables.Mask(CurlCommand(*outcome.request))));
  }
  return text;
}

}  // namespace ctestbed

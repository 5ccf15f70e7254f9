#include "tester/requests/request_step.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tester/requests/answer.h"
#include "tester/requests/request.h"
#include "tester/requests/step_reader.h"

namespace ctestbed {
namespace {

// What became of one request: it holds when there are no failures.
struct Outcome {
  Findings findings;
  std::optional<HttpRequest> request;    // as sent last
  std::optional<HttpResponse> response;  // if there was one
  std::string note;                      // how `until` ended

  bool Holds() const { return findings.failures.empty(); }
};

bool Stops(const HttpUntil& until, const Outcome& outcome, const Variables& variables) {
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

// One step at work.
class Exchange {
 public:
  Exchange(const HttpSettings& settings, const HttpStep& step, const StepContext& context,
           Scene& scene)
      : settings_(settings), step_(step), context_(context), scene_(scene) {}

  Outcome Run() { return step_.until ? Repeatedly() : Once(context_.test.deadline); }

 private:
  Outcome Once(TimePoint end) {
    Outcome outcome;
    const UndefinedHeaders undefined =
        scene_.around_tests ? UndefinedHeaders::kLeaveOut : UndefinedHeaders::kRefuse;
    OrFailure<HttpRequest> request = BuildRequest(settings_, step_, scene_.variables, undefined);
    if (!request) {
      outcome.findings.failures.push_back(request.error());
      return outcome;
    }
    outcome.request = std::move(*request);
    const TimePoint start = context_.io.clock.Now();
    const TimePoint last = std::min(end, start + step_.timeout);
    Result<HttpResponse> response = context_.io.http.Send(*outcome.request, last, context_.stop);
    if (!response) {
      const auto waited = std::chrono::duration_cast<Duration>(std::max(last, start) - start);
      outcome.findings.failures.push_back(TransportFailure(step_, response.error(), waited));
      return outcome;
    }
    outcome.findings = CheckAnswer(step_, *response, scene_.variables);
    // After a wrong answer a capture that is missing is no news.
    if (outcome.Holds()) {
      outcome.findings.failures = SaveFrom(step_, *response, scene_.variables);
    }
    outcome.response = std::move(*response);
    return outcome;
  }

  Outcome Repeatedly() {
    const HttpUntil& until = *step_.until;
    Clock& clock = context_.io.clock;
    const TimePoint end = std::min(context_.test.deadline, clock.Now() + until.within);
    Outcome last;
    for (int tries = 1;; ++tries) {
      Outcome outcome = Once(end);
      const TimePoint now = clock.Now();
      // A request cut off by the end of the wait says less than the answer before it.
      const bool cut_off = !outcome.response && now >= end && last.response.has_value();
      if (!cut_off) last = std::move(outcome);
      if (last.Holds() || context_.stop.stop_requested()) return last;
      if (Stops(until, last, scene_.variables)) {
        last.note = fmt::format("stopped at once by status {}", last.response->status);
        return last;
      }
      if (now + until.every >= end) {
        last.note = fmt::format("still so after {} and {} {}", FormatDuration(until.within), tries,
                                tries == 1 ? "request" : "requests");
        return last;
      }
      clock.SleepUntil(now + until.every, context_.stop);
    }
  }

  const HttpSettings& settings_;
  const HttpStep& step_;
  const StepContext& context_;
  Scene& scene_;
};

// "POST /orders: status is 500, wanted 201 (+2 more)"; one line, without secrets.
std::string MessageOf(const HttpStep& step, const Outcome& outcome, const Variables& variables) {
  constexpr size_t kMost = 300;
  const std::vector<Failure>& failures = outcome.findings.failures;
  std::string message = fmt::format("{}: {}", OneLine(step.Name()), Headline(failures.front()));
  message = Shortened(variables.Mask(message), kMost);
  if (failures.size() > 1) message += fmt::format(" (+{} more)", failures.size() - 1);
  return message;
}

// Source lines with carets, the answer, values used, a command that repeats the request; without
// secrets.
std::string DetailOf(const Step& step, const Outcome& outcome, const Variables& variables,
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

class RequestStep final : public Step {
 public:
  RequestStep(HttpStep step, std::shared_ptr<const HttpSettings> settings)
      : step_(std::move(step)), settings_(std::move(settings)) {
    mark = step_.mark;
    for (const HttpSave& save : step_.saves) saves.push_back(save.name);
  }

  std::optional<StepFailure> Run(const StepContext& context, Scene& scene) const override {
    const Outcome outcome = Exchange(*settings_, step_, context, scene).Run();
    if (outcome.Holds()) return std::nullopt;
    return StepFailure{MessageOf(step_, outcome, scene.variables),
                       DetailOf(*this, outcome, scene.variables, context.source)};
  }

 private:
  const HttpStep step_;
  const std::shared_ptr<const HttpSettings> settings_;
};

}  // namespace

std::shared_ptr<Step> ReadRequestStep(const Document& map,
                                      std::shared_ptr<const HttpSettings> settings,
                                      Diagnostics& problems) {
  HttpStep step = ReadHttpStep(map, *settings, problems);
  if (step.method.empty()) return nullptr;
  return std::make_shared<RequestStep>(std::move(step), std::move(settings));
}

}  // namespace ctestbed

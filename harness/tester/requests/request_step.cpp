#include "tester/requests/request_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <latch>
#include <thread>

#include "base/text.h"
#include "tester/requests/answer.h"
#include "tester/requests/exchange_checks.h"
#include "tester/requests/request.h"
#include "tester/requests/step_reader.h"

namespace ctestbed {
namespace {

// What became of one request: it holds when there are no failures.
struct Outcome {
  Findings findings;
  std::optional<BuiltRequest> request;
  std::optional<Answer> answer;  // if there was one
  std::string note;              // how `until` ended

  bool Holds() const { return findings.failures.empty(); }
};

bool Stops(const HttpUntil& until, const Outcome& outcome, const Variables& variables) {
  if (!outcome.answer) return false;
  return std::any_of(until.stop_on.begin(), until.stop_on.end(), [&](const auto& pattern) {
    return StatusFits(ExpandText(pattern, variables).value_or(""), outcome.answer->response.status);
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

  Outcome Run() {
    if (step_.parallel > 1) return AtOnce();
    return step_.until ? Repeatedly() : Once(context_.test.deadline);
  }

 private:
  Outcome Once(TimePoint end) {
    Outcome outcome = Send(end, scene_.cookies);
    // After a wrong answer a capture that is missing is no news.
    if (outcome.Holds()) {
      outcome.findings.failures = SaveFrom(step_, *outcome.answer, scene_.variables);
    }
    return outcome;
  }

  // Changes nothing of the case but `cookies`, so that several threads may run it.
  Outcome Send(TimePoint end, CookieJar& cookies) const {
    Outcome outcome;
    const UndefinedHeaders undefined =
        scene_.around_tests ? UndefinedHeaders::kLeaveOut : UndefinedHeaders::kRefuse;
    OrFailure<BuiltRequest> request =
        BuildRequest(settings_, step_, scene_.variables, context_.io.files, undefined);
    if (!request) {
      outcome.findings.failures.push_back(request.error());
      return outcome;
    }
    outcome.request = std::move(*request);
    const TimePoint start = context_.io.clock.Now();
    const TimePoint last = std::min(end, start + step_.timeout);
    HttpRequest sent = outcome.request->request;
    Result<Answer> answer =
        SendFollowing(context_.io.http, sent, step_.redirects, cookies, last, context_.stop);
    if (!answer) {
      const auto waited = std::chrono::duration_cast<Duration>(std::max(last, start) - start);
      outcome.findings.failures.push_back(TransportFailure(step_, answer.error(), waited));
      return outcome;
    }
    outcome.findings = CheckAnswer(settings_, step_, *answer, scene_.variables, Files());
    outcome.answer = std::move(*answer);
    return outcome;
  }

  CheckFiles Files() const {
    const auto& environment = context_.test.environment;
    const auto update = environment.find("CTESTBED_UPDATE_SNAPSHOTS");
    return {context_.io.files, update != environment.end() && update->second == "1"};
  }

  // All requests at the same time, each with the cookies of now. Where one fails, that is the
  // outcome; else how they compare.
  Outcome AtOnce() {
    std::vector<Outcome> outcomes(static_cast<size_t>(step_.parallel));
    {
      std::vector<std::jthread> threads;
      std::latch start(step_.parallel);
      for (Outcome& outcome : outcomes) {
        threads.emplace_back([&] {
          CookieJar cookies = scene_.cookies;
          start.arrive_and_wait();
          outcome = Send(context_.test.deadline, cookies);
        });
      }
    }
    const auto wrong = [](const Outcome& outcome) { return !outcome.Holds(); };
    const auto failed = std::count_if(outcomes.begin(), outcomes.end(), wrong);
    if (failed > 0) {
      Outcome first = *std::find_if(outcomes.begin(), outcomes.end(), wrong);
      first.note = fmt::format("so in {} of {} requests at the same time", failed, step_.parallel);
      return first;
    }
    std::vector<Answer> answers;
    for (Outcome& outcome : outcomes) answers.push_back(*outcome.answer);
    CheckAcross(step_.expect, answers, scene_.variables, outcomes.front().findings);
    return std::move(outcomes.front());
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
      const bool cut_off = !outcome.answer && now >= end && last.answer.has_value();
      if (!cut_off) last = std::move(outcome);
      if (last.Holds() || context_.stop.stop_requested()) return last;
      if (Stops(until, last, scene_.variables)) {
        last.note = fmt::format("stopped at once by status {}", last.answer->response.status);
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
std::string DetailOf(const HttpStep& step, const std::vector<std::string>& references,
                     const Outcome& outcome, const Variables& variables, std::string_view source) {
  std::string text = variables.Mask(RenderFailures(outcome.findings.failures, source));
  if (!outcome.note.empty()) text += outcome.note + "\n";
  if (outcome.answer) text += DescribeAnswer(*outcome.answer, outcome.findings, variables);
  std::vector<std::string> values;
  for (const std::string& name : references) {
    const Json* value = variables.Find(name);
    if (value != nullptr) values.push_back(fmt::format("{}={}", name, variables.Show(*value)));
  }
  if (!values.empty()) text += fmt::format("values: {}\n", Join(values, ", "));
  if (outcome.request) {
    text += fmt::format("again: {}\n",
                        Visible(variables.Mask(CurlCommand(*outcome.request, step.redirects))));
  }
  return text;
}

class RequestStep final : public SuiteStep {
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
                       DetailOf(step_, references, outcome, scene.variables, context.source)};
  }

 private:
  const HttpStep step_;
  const std::shared_ptr<const HttpSettings> settings_;
};

}  // namespace

std::shared_ptr<SuiteStep> ReadRequestStep(const Document& map,
                                           std::shared_ptr<const HttpSettings> settings,
                                           Diagnostics& problems) {
  HttpStep step = ReadHttpStep(map, *settings, problems);
  if (step.method.empty()) return nullptr;
  return std::make_shared<RequestStep>(std::move(step), std::move(settings));
}

}  // namespace ctestbed

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tester/edge/actions.h"
#include "tester/expectation/matcher.h"
#include "tester/requests/answer.h"

namespace ctestbed {
namespace {

constexpr Duration kHandshakeTime{10'000};

// "refused with 404: no session".
std::string RefusalOf(const WsAnswer& answer) {
  constexpr size_t kMost = 120;
  std::string text = fmt::format("refused with {}", answer.status);
  if (!answer.body.empty()) text += ": " + OneLine(Shortened(answer.body, kMost));
  return text;
}

std::vector<Failure> CheckAgreement(const EdgeRun& run, const WsAnswer& answer) {
  std::vector<Failure> failures;
  const Document* expect = run.step.Beside("expect");
  if (expect == nullptr) return failures;
  if (const Document* wanted = expect->Find("subprotocol")) {
    failures = Match(*wanted, Actual::Text(answer.subprotocol), run.variables());
    for (Failure& failure : failures) failure.subject = "subprotocol";
  }
  const Document* deflate = expect->Find("deflate");
  if (deflate != nullptr && (deflate->text == "true") != answer.deflate.has_value()) {
    failures.push_back({deflate->mark,
                        answer.deflate ? "is agreed on, wanted none" : "is not agreed on",
                        "deflate"});
  }
  return failures;
}

std::vector<Failure> Check(const EdgeRun& run, const WsAnswer& answer) {
  const SourceMark& mark = run.step.key.mark;
  if (answer.upgraded() == run.step.may_be_refused) {
    return {{mark, answer.upgraded() ? "was not refused" : RefusalOf(answer), {}}};
  }
  std::vector<Failure> failures = CheckAgreement(run, answer);
  if (run.step.handshake) {
    Answer got;
    got.response.status = answer.status;
    got.response.headers = answer.headers;
    got.response.body = answer.body;
    got.phases.first_byte = run.client.shake_time();
    const Findings findings =
        CheckAnswer({}, *run.step.handshake, got, run.variables(), {run.context.io.files});
    failures.insert(failures.end(), findings.failures.begin(), findings.failures.end());
  }
  return failures;
}

std::vector<Failure> OpenOnce(const EdgeRun& run, const ConnectOptions* step, TimePoint deadline) {
  const auto how = BuildConnecting(*run.step.settings, run.state.OptionsOf(run.client.name()), step,
                                   run.variables());
  if (!how) return {how.error()};
  const auto answer = run.client.Open(*how, deadline, run.context.stop);
  if (!answer) return {{run.step.key.mark, answer.error().message, {}}};
  return Check(run, *answer);
}

}  // namespace

MaybeProblem RunOpen(const EdgeRun& run) {
  Clock& clock = run.context.io.clock;
  const TimePoint deadline = run.Deadline(run.step.until ? run.step.until->within : kHandshakeTime);
  for (int tries = 1;; ++tries) {
    std::vector<Failure> failures = OpenOnce(run, &run.step.connect, deadline);
    if (failures.empty()) return std::nullopt;
    const bool again = run.step.until && !run.context.stop.stop_requested() &&
                       clock.Now() + run.step.until->every < deadline;
    if (!again) {
      std::string outcome;
      if (run.step.until) {
        outcome = fmt::format("still so after {} and {} {}", FormatDuration(run.step.until->within),
                              tries, tries == 1 ? "handshake" : "handshakes");
      }
      return EdgeProblem{std::move(failures), std::move(outcome)};
    }
    clock.SleepUntil(clock.Now() + run.step.until->every, run.context.stop);
  }
}

MaybeProblem OpenIfNever(const EdgeRun& run) {
  if (run.client.was_opened()) return std::nullopt;
  const auto how = BuildConnecting(*run.step.settings, run.state.OptionsOf(run.client.name()),
                                   nullptr, run.variables());
  if (!how) return EdgeProblem{{how.error()}, {}};
  const auto answer = run.client.Open(*how, run.Deadline(kHandshakeTime), run.context.stop);
  if (!answer) return ProblemAt(run.step.key.mark, answer.error().message);
  if (!answer->upgraded()) return ProblemAt(run.step.key.mark, RefusalOf(*answer));
  return std::nullopt;
}

}  // namespace ctestbed

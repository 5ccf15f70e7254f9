#include "tester/edge/actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ctestbed {
namespace {

constexpr Duration kSendTime{10'000};

MaybeProblem Unless(const Status& done, const EdgeRun& run) {
  if (done) return std::nullopt;
  return ProblemAt(run.step.key.mark, fmt::format("cannot send: {}", done.error().message));
}

TimePoint SendDeadline(const EdgeRun& run) {
  return run.Deadline(kSendTime);
}

MaybeProblem RunSend(const EdgeRun& run) {
  OrFailure<Payload> payload =
      BuildPayload(run.step.argument, run.step.settings->codec, run.variables());
  if (!payload) return EdgeProblem{{payload.error()}, {}};
  const auto sent =
      run.client.SendMessage(payload->op, std::move(payload->bytes), SendDeadline(run));
  return Unless(sent ? Status() : tl::unexpected(sent.error()), run);
}

MaybeProblem RunFrames(const EdgeRun& run) {
  const auto frames = BuildFrames(run.step.argument, run.variables());
  if (!frames) return EdgeProblem{{frames.error()}, {}};
  for (const RawFrame& raw : *frames) {
    const Status sent = raw.bytes ? run.client.SendBytes(*raw.bytes, SendDeadline(run))
                                  : run.client.SendFrame(raw.frame, raw.masked, SendDeadline(run));
    if (MaybeProblem problem = Unless(sent, run)) return problem;
  }
  return std::nullopt;
}

MaybeProblem RunClose(const EdgeRun& run) {
  const OrFailure<Document> argument = ExpandDocument(run.step.argument, run.variables());
  if (!argument) return EdgeProblem{{argument.error()}, {}};
  const Document* code_text = argument->IsMap() ? argument->Find("code") : &*argument;
  const Document* reason = argument->Find("reason");
  int code = kWsNormal;
  if (code_text != nullptr && !code_text->IsNull()) {
    const std::string& text = code_text->text;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), code);
    const bool is_code = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() &&
                         code >= 0 && code <= 65535;
    if (!is_code) return ProblemAt(code_text->mark, "is no close code: expected 0 to 65535");
  }
  return Unless(
      run.client.SendClose(code, reason == nullptr ? "" : reason->text, SendDeadline(run)), run);
}

MaybeProblem RunDrop(const EdgeRun& run) {
  if (const auto gone = run.client.Gone()) {
    return ProblemAt(run.step.key.mark, fmt::format("nothing to drop: {}", gone->how));
  }
  const auto word = std::find(kDropWords.begin(), kDropWords.end(), run.step.argument.text);
  run.client.Break(static_cast<Drop>(word - kDropWords.begin()));
  return std::nullopt;
}

MaybeProblem RunRead(const EdgeRun& run) {
  run.step.argument.text == "paused" ? run.client.Pause() : run.client.Resume();
  return std::nullopt;
}

MaybeProblem RunMark(const EdgeRun& run) {
  run.state.Mark(run.step.argument.text);
  return std::nullopt;
}

}  // namespace

Duration EdgeRun::Within(const Document* pattern) const {
  for (const Document* place : {&step.all, pattern}) {
    const Document* within = place == nullptr ? nullptr : place->Find("within");
    if (within == nullptr) continue;
    if (const auto time = ParseDuration(within->text)) return *time;
  }
  return step.settings->within;
}

TimePoint EdgeRun::Deadline(Duration within) const {
  return std::min(context.test.deadline, context.io.clock.Now() + within);
}

EdgeProblem ProblemAt(const SourceMark& mark, std::string remark) {
  return {{{mark, std::move(remark), {}}}, {}};
}

MaybeProblem RunAction(const EdgeRun& run) {
  switch (run.step.action) {
    case EdgeAction::kOpen:
    case EdgeAction::kRefused:
      return RunOpen(run);
    case EdgeAction::kMark:
      return RunMark(run);
    default:
      break;
  }
  if (MaybeProblem problem = OpenIfNever(run)) return problem;
  switch (run.step.action) {
    case EdgeAction::kSend:
      return RunSend(run);
    case EdgeAction::kExpect:
      return RunExpect(run);
    case EdgeAction::kNext:
      return RunNext(run);
    case EdgeAction::kExpectSeq:
      return RunExpectSeq(run);
    case EdgeAction::kExpectAll:
      return RunExpectAll(run);
    case EdgeAction::kExpectCount:
      return RunExpectCount(run);
    case EdgeAction::kQuiet:
      return RunQuiet(run);
    case EdgeAction::kCall:
      return RunCall(run);
    case EdgeAction::kPing:
      return RunPing(run);
    case EdgeAction::kPong:
      return RunPong(run);
    case EdgeAction::kPings:
      return RunPings(run);
    case EdgeAction::kFrames:
      return RunFrames(run);
    case EdgeAction::kClose:
      return RunClose(run);
    case EdgeAction::kClosed:
      return RunClosed(run);
    case EdgeAction::kDrop:
      return RunDrop(run);
    case EdgeAction::kRead:
      return RunRead(run);
    default:
      return std::nullopt;
  }
}

}  // namespace ctestbed

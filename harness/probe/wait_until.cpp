#include <algorithm>

#include <fmt/format.h>

#include "probe/probe.h"

namespace ctestbed {
namespace {

constexpr Duration kShortestStep{5};
constexpr Duration kLongestStep{100};
constexpr int kStepsPerWait = 50;
// A hung answer must not use up the whole wait; a slow one must still get through in the end.
constexpr Duration kFirstPatience{2'000};

TimePoint Earlier(TimePoint deadline, TimePoint now, Duration span) {
  return std::min(deadline, now + span);
}

Duration StepAfter(TimePoint::duration waited) {
  const auto step = std::chrono::duration_cast<Duration>(waited / kStepsPerWait);
  return std::clamp(step, kShortestStep, kLongestStep);
}

bool IsFinal(const Error& error) {
  return error.kind == ErrorKind::kUnsupported || error.kind == ErrorKind::kEnvironment;
}

}  // namespace

Status WaitUntilReady(Probe& probe, const ProbeTarget& target, const SubjectEnd& subject_end,
                      Clock& clock, TimePoint deadline, std::stop_token stop, const Pace& pace) {
  Error last{ErrorKind::kTimeout, "the deadline had passed before the first probe", {}, {}};
  const bool patient = pace.patience > Duration::zero();
  const bool steady = pace.interval > Duration::zero();
  Duration patience = patient ? pace.patience : kFirstPatience;
  const TimePoint start = clock.Now();
  for (bool is_first = true; clock.Now() < deadline; is_first = false) {
    const Status answer = probe.Check(target, Earlier(deadline, clock.Now(), patience), stop);
    // Asked after the probe: an answer on the port of a dead node comes from somebody else.
    if (const auto end = subject_end()) {
      return Fail(ErrorKind::kEnvironment, fmt::format("{} before it was ready", *end));
    }
    if (stop.stop_requested()) return Fail(ErrorKind::kCancelled, "the wait was cancelled");
    if (answer || IsFinal(answer.error())) return answer;
    const bool timed_out = answer.error().kind == ErrorKind::kTimeout;
    if (timed_out && !patient) patience *= 2;
    // What the deadline cut short says less than the answer before it.
    const bool cut_short = timed_out && clock.Now() >= deadline;
    if (!cut_short || is_first) last = answer.error();
    const Duration step = steady ? pace.interval : StepAfter(clock.Now() - start);
    clock.SleepUntil(Earlier(deadline, clock.Now(), step), stop);
  }
  last.kind = ErrorKind::kTimeout;
  return tl::unexpected(std::move(last));
}

}  // namespace ctestbed

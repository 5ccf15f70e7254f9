#include "report/run_fold.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr std::string_view kRunCase = "run";

struct Attempt {
  int number = 1;
  bool finished = false;
  std::string environment;
  std::string started_at;
  Verdict verdict = Verdict::kError;
  std::string message;
  std::string detail;
  Duration duration{0};
  std::vector<LogWindow> logs;
  std::vector<CaseRecord> cases;
};

bool IsGood(Verdict verdict) {
  return verdict == Verdict::kPassed || verdict == Verdict::kSkipped;
}

CaseRecord* FindCase(std::vector<CaseRecord>& cases, std::string_view name) {
  const auto found = std::find_if(cases.begin(), cases.end(),
                                  [&](const CaseRecord& record) { return record.name == name; });
  return found == cases.end() ? nullptr : &*found;
}

bool HasCase(const std::vector<CaseRecord>& cases, Verdict verdict) {
  return std::any_of(cases.begin(), cases.end(),
                     [&](const CaseRecord& record) { return record.verdict == verdict; });
}

// The open attempt that `event` belongs to; a new one where there is none.
Attempt& AttemptOf(const Event& event, std::vector<Attempt>& attempts) {
  const auto open = std::find_if(attempts.rbegin(), attempts.rend(), [&](const Attempt& attempt) {
    return !attempt.finished && attempt.number == event.attempt;
  });
  if (open != attempts.rend()) return *open;
  Attempt& attempt = attempts.emplace_back();
  attempt.number = event.attempt;
  return attempt;
}

void AddCase(const Event& event, Attempt& attempt) {
  CaseRecord& record = attempt.cases.emplace_back();
  record.name = event.name;
  record.verdict = event.verdict;
  record.message = event.message;
  record.detail = event.detail;
  record.mark = event.mark;
  record.duration = event.duration;
  record.logs = event.logs;
}

void Start(const Event& event, std::vector<Attempt>& attempts) {
  Attempt& attempt = attempts.emplace_back();
  attempt.number = event.attempt;
  attempt.environment = event.environment;
  attempt.started_at = event.at;
  attempt.message = "was interrupted";
}

void Finish(const Event& event, Attempt& attempt) {
  attempt.finished = true;
  attempt.verdict = event.verdict;
  attempt.message = event.message;
  attempt.detail = event.detail;
  attempt.duration = event.duration;
  attempt.logs = event.logs;
}

std::vector<Attempt> AttemptsIn(const std::vector<const Event*>& events) {
  std::vector<Attempt> attempts;
  for (const Event* event : events) {
    if (event->kind == EventKind::kRunStarted) Start(*event, attempts);
    if (event->kind == EventKind::kCaseFinished) AddCase(*event, AttemptOf(*event, attempts));
    if (event->kind == EventKind::kRunFinished) Finish(*event, AttemptOf(*event, attempts));
  }
  return attempts;
}

// The failure of the run's configuration that stands, if one does.
const EnvironmentStage* Blocker(const Run& run, const std::vector<EnvironmentStage>& stages) {
  const auto last = std::find_if(stages.rbegin(), stages.rend(), [&](const auto& stage) {
    return stage.kind != EnvironmentStage::Kind::kTeardown && stage.preset == run.preset &&
           stage.cell == run.cell;
  });
  return last == stages.rend() || last->ok ? nullptr : &*last;
}

std::string BlockedBy(const EnvironmentStage& stage) {
  return fmt::format("blocked by environment {}: {}", EnvironmentName(stage.preset, stage.cell),
                     Cause(stage));
}

Attempt NotStarted(const EnvironmentStage* blocker) {
  Attempt attempt;
  attempt.message = "was not run";
  if (blocker != nullptr) {
    attempt.verdict = Verdict::kBlocked;
    attempt.message = BlockedBy(*blocker);
  }
  return attempt;
}

// A run cannot be better than its cases, and none are not a success.
void CorrectVerdict(Attempt& attempt) {
  if (!IsGood(attempt.verdict)) return;
  for (const Verdict worse : {Verdict::kError, Verdict::kFailed, Verdict::kBlocked}) {
    if (!HasCase(attempt.cases, worse)) continue;
    attempt.verdict = worse;
    return;
  }
  if (attempt.verdict == Verdict::kPassed && attempt.cases.empty()) {
    attempt.verdict = Verdict::kError;
    attempt.message = "ran no cases";
  }
}

// The case that says why, where the tester gave none: the first, since what the others say follows
// from it.
void AddOwnCase(const Run& run, Attempt& attempt) {
  const bool said = HasCase(attempt.cases, attempt.verdict);
  const bool new_message =
      attempt.verdict == Verdict::kError && !attempt.message.empty() &&
      std::none_of(attempt.cases.begin(), attempt.cases.end(),
                   [&](const CaseRecord& record) { return record.message == attempt.message; });
  if (attempt.verdict == Verdict::kPassed || (said && !new_message)) return;
  const bool ran = attempt.verdict == Verdict::kFailed || attempt.verdict == Verdict::kError;
  CaseRecord& record = *attempt.cases.emplace(attempt.cases.begin());
  record.name = ran ? std::string(kRunCase) : run.suite;
  record.verdict = attempt.verdict;
  record.message = attempt.message;
  record.detail = attempt.detail;
  record.logs = attempt.logs;
}

void Settle(const Run& run, const EnvironmentStage* blocker, Attempt& attempt) {
  CorrectVerdict(attempt);
  if (attempt.verdict == Verdict::kBlocked && attempt.message.empty() && blocker != nullptr) {
    attempt.message = BlockedBy(*blocker);
  }
  AddOwnCase(run, attempt);
}

// What `attempt` complained about, told with the cases of the last attempt.
void AddEarlier(const Attempt& attempt, RunResult& result) {
  for (const CaseRecord& record : attempt.cases) {
    if (IsGood(record.verdict)) continue;
    CaseRecord* namesake = FindCase(result.cases, record.name);
    std::string message = record.message;
    if (namesake == nullptr && record.name != kRunCase) {
      message = fmt::format("{}: {}", record.name, message);
    }
    if (namesake == nullptr) namesake = FindCase(result.cases, kRunCase);
    if (namesake == nullptr) {
      namesake = &result.cases.emplace_back();
      namesake->name = kRunCase;
    }
    namesake->earlier.push_back({record.verdict, std::move(message), DetailOf(record)});
  }
}

void TakeLast(Attempt attempt, RunResult& result) {
  result.environment = std::move(attempt.environment);
  result.started_at = std::move(attempt.started_at);
  result.verdict = attempt.verdict;
  result.message = std::move(attempt.message);
  result.detail = std::move(attempt.detail);
  result.duration = attempt.duration;
  result.cases = std::move(attempt.cases);
}

}  // namespace

RunResult FoldRun(const std::vector<const Event*>& events,
                  const std::vector<EnvironmentStage>& stages) {
  RunResult result;
  for (const Event* event : events) {
    if (!event->suite.empty()) result.run = {event->suite, event->preset, event->cell};
  }
  result.name = events.front()->run;
  const EnvironmentStage* blocker = Blocker(result.run, stages);
  std::vector<Attempt> attempts = AttemptsIn(events);
  result.attempts = static_cast<int>(attempts.size());
  if (attempts.empty()) attempts.push_back(NotStarted(blocker));
  for (Attempt& attempt : attempts) Settle(result.run, blocker, attempt);

  TakeLast(std::move(attempts.back()), result);
  attempts.pop_back();
  for (const Attempt& attempt : attempts) AddEarlier(attempt, result);
  result.flaky = result.verdict == Verdict::kPassed &&
                 std::any_of(attempts.begin(), attempts.end(),
                             [](const Attempt& attempt) { return !IsGood(attempt.verdict); });
  return result;
}

}  // namespace ctestbed

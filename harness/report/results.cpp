#include "report/results.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "report/run_fold.h"
#include "report/stage_fold.h"

namespace ctestbed {
namespace {

template <typename Items>
Totals CountVerdicts(const Items& items) {
  Totals totals;
  for (const auto& item : items) totals.Count(item.verdict);
  return totals;
}

bool BrokeTheEnvironment(const EnvironmentStage& stage) {
  return !stage.ok && !stage.recovered && stage.kind != EnvironmentStage::Kind::kTeardown;
}

bool LeftSomething(const EnvironmentStage& stage) {
  return !stage.ok && stage.kind == EnvironmentStage::Kind::kTeardown;
}

void AddToSession(const Event& event, Results& results) {
  if (event.kind == EventKind::kSessionStarted) {
    results.session = event.session;
    results.backend = event.backend;
    results.out = event.out;
    results.version = event.version;
    results.host = event.host;
    results.command = event.command;
  } else if (event.kind == EventKind::kSessionPlanned) {
    results.cost = event.cost;
  } else if (event.kind == EventKind::kNodeReady) {
    ++results.node_starts;
    results.changing += event.duration;
  } else if (event.kind == EventKind::kNodeStopped) {
    results.changing += event.duration;
  } else if (event.kind == EventKind::kSessionFinished) {
    results.abort_reason = event.message;
    results.aborted = !event.message.empty();
  }
}

Results FoldSession(const std::vector<Event>& events) {
  Results results;
  results.abort_reason = "the session did not finish";
  if (events.empty()) return results;
  results.started_at = events.front().at;
  results.duration = Duration(std::llround((events.back().mono_s - events.front().mono_s) * 1000));
  for (const Event& event : events) AddToSession(event, results);
  return results;
}

// The events of each run, in the order in which the runs were first named.
std::vector<std::vector<const Event*>> ByRun(const std::vector<Event>& events) {
  std::vector<std::vector<const Event*>> groups;
  std::map<std::string_view, size_t> index;
  for (const Event& event : events) {
    if (event.run.empty()) continue;
    const auto [place, is_new] = index.try_emplace(event.run, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(&event);
  }
  return groups;
}

}  // namespace

void Totals::Count(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      ++passed;
      return;
    case Verdict::kFailed:
      ++failed;
      return;
    case Verdict::kSkipped:
      ++skipped;
      return;
    case Verdict::kBlocked:
      ++blocked;
      return;
    case Verdict::kError:
      break;
  }
  ++errors;
}

Totals CountRuns(const Results& results) {
  return CountVerdicts(results.runs);
}

Totals CountCases(const Results& results) {
  Totals totals;
  for (const RunResult& run : results.runs) {
    for (const CaseRecord& record : run.cases) totals.Count(record.verdict);
  }
  return totals;
}

Outcome OutcomeOf(const Results& results) {
  const Totals runs = CountRuns(results);
  const auto any_stage = [&](auto predicate) {
    return std::any_of(results.stages.begin(), results.stages.end(), predicate);
  };
  if (results.aborted) return Outcome::kAborted;
  if (runs.blocked > 0 || any_stage(BrokeTheEnvironment)) return Outcome::kEnvironmentFailed;
  if (runs.failed + runs.errors > 0) return Outcome::kTestsFailed;
  if (any_stage(LeftSomething)) return Outcome::kLeftovers;
  if (results.runs.empty()) return Outcome::kNothingRan;
  return runs.passed == 0 ? Outcome::kSkipped : Outcome::kPassed;
}

Results FoldResults(const std::vector<Event>& events) {
  Results results = FoldSession(events);
  StageFold stages;
  for (const Event& event : events) stages.Add(event);
  results.stages = stages.All();
  for (const auto& group : ByRun(events)) {
    results.runs.push_back(FoldRun(group, stages.finished()));
  }
  return results;
}

}  // namespace ctestbed

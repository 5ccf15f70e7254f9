#include "report/html/failures.h"

#include <fmt/format.h>

#include <cctype>
#include <map>

#include "model/headline.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

bool IsFailure(const EnvironmentStage& stage) {
  return !stage.ok && !stage.recovered;
}

bool IsFailure(const CaseRecord& record) {
  return record.verdict == Verdict::kFailed || record.verdict == Verdict::kError;
}

// The message without its numbers and, as these differ likewise, hexadecimal digits beside them.
std::string Fingerprint(std::string_view message) {
  std::string print;
  for (const char c : FirstLine(message)) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    const bool hex = std::isxdigit(static_cast<unsigned char>(c)) != 0;
    if (!digit && !(hex && print.ends_with('#'))) {
      print += c;
    } else if (!print.ends_with('#')) {
      print += '#';
    }
  }
  return print;
}

class Grouping {
 public:
  void Add(FailureView failure) {
    const std::string message(FirstLine(failure.message));
    const auto [found, is_new] = index_.try_emplace(
        (failure.run.empty() ? "environment " : "case ") + Fingerprint(message), groups_.size());
    if (is_new) groups_.push_back({message, {}});
    groups_[found->second].failures.push_back(std::move(failure));
  }
  std::vector<FailureGroup> Finish() { return std::move(groups_); }

 private:
  std::vector<FailureGroup> groups_;
  std::map<std::string, size_t> index_;
};

FailureView ViewOf(const EnvironmentStage& stage, const Results& results) {
  FailureView failure;
  failure.verdict = Verdict::kError;
  failure.title = StageName(stage);
  failure.duration = stage.duration;
  failure.message = Cause(stage);
  failure.detail = stage.detail;
  for (const RunResult& run : results.runs) {
    const bool same = run.run.preset == stage.preset && run.run.cell == stage.cell;
    if (same && run.verdict == Verdict::kBlocked) failure.blocked.push_back(run.name);
  }
  return failure;
}

FailureView ViewOf(const CaseRecord& record, const RunResult& run, size_t index) {
  return {record.verdict, record.name,   run.name,    record.mark, record.duration,
          record.message, record.detail, record.logs, {},          index};
}

std::string FirstFailedRun(const Results& results) {
  for (const RunResult& run : results.runs) {
    for (const CaseRecord& record : run.cases) {
      if (!IsFailure(record)) continue;
      return fmt::format("{}: {}", run.name, CaseHeadline(record.name, FirstLine(record.message)));
    }
  }
  return "";
}

std::string FirstFailedStage(const Results& results, bool teardown) {
  for (const EnvironmentStage& stage : results.stages) {
    const bool is_teardown = stage.kind == EnvironmentStage::Kind::kTeardown;
    if (IsFailure(stage) && is_teardown == teardown) {
      return fmt::format("{}: {}", StageName(stage), Cause(stage));
    }
  }
  return "";
}

std::string FirstBlockedRun(const Results& results) {
  for (const RunResult& run : results.runs) {
    if (run.verdict == Verdict::kBlocked) {
      return fmt::format("{}: {}", run.name, FirstLine(run.message));
    }
  }
  return "";
}

}  // namespace

std::vector<FailureGroup> GroupFailures(const Results& results) {
  Grouping grouping;
  for (const EnvironmentStage& stage : results.stages) {
    if (IsFailure(stage)) grouping.Add(ViewOf(stage, results));
  }
  size_t index = 0;
  for (const RunResult& run : results.runs) {
    for (const CaseRecord& record : run.cases) {
      if (IsFailure(record)) grouping.Add(ViewOf(record, run, index));
      ++index;
    }
  }
  return grouping.Finish();
}

std::string FirstCause(const Results& results) {
  switch (OutcomeOf(results)) {
    case Outcome::kAborted:
      return results.abort_reason;
    case Outcome::kEnvironmentFailed: {
      const std::string cause = FirstFailedStage(results, false);
      return cause.empty() ? FirstBlockedRun(results) : cause;
    }
    case Outcome::kTestsFailed:
      return FirstFailedRun(results);
    case Outcome::kLeftovers:
      return FirstFailedStage(results, true);
    case Outcome::kNothingRan:
      return "no run was selected";
    case Outcome::kSkipped:
      return "every run was skipped";
    case Outcome::kPassed:
      break;
  }
  return "";
}

}  // namespace ctestbed

#include "report/wording.h"

#include <fmt/format.h>

#include "base/diagnostic.h"
#include "base/text.h"

namespace ctestbed {
namespace {

std::string Plural(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::vector<std::string> NonZero(const Totals& totals, int flaky) {
  std::vector<std::string> parts;
  const auto add = [&](int count, std::string_view word) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, word));
  };
  add(totals.passed, "passed");
  add(totals.failed, "failed");
  add(totals.errors, totals.errors == 1 ? "error" : "errors");
  add(totals.blocked, "blocked");
  add(totals.skipped, "skipped");
  add(flaky, "flaky");
  return parts;
}

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAborted:
      return "aborted";
    case Outcome::kEnvironmentFailed:
      return "environment failed";
    case Outcome::kTestsFailed:
      return "failed";
    case Outcome::kLeftovers:
      return "leftovers";
    case Outcome::kNothingRan:
      return "nothing ran";
    case Outcome::kSkipped:
      return "skipped";
    case Outcome::kPassed:
      break;
  }
  return "passed";
}

std::string Counts(const Results& results) {
  int flaky = 0;
  for (const RunResult& run : results.runs) flaky += run.flaky ? 1 : 0;
  size_t deploys = 0;
  for (const EnvironmentStage& stage : results.stages) {
    deploys += stage.kind == EnvironmentStage::Kind::kDeploy ? 1U : 0U;
  }
  const Totals runs = CountRuns(results);
  const Totals cases = CountCases(results);
  const std::vector<std::string> parts = NonZero(runs, flaky);
  return fmt::format("{}{}{}; {} of {} passed; {}; {}", Join(parts, ", "),
                     parts.empty() ? "" : " of ", Plural(results.runs.size(), "run"), cases.passed,
                     Plural(static_cast<size_t>(cases.All()), "case"), Plural(deploys, "deploy"),
                     FormatDuration(results.duration));
}

std::string EnvironmentName(const std::string& preset, const Cell& cell) {
  return cell.empty() ? preset : preset + "," + CellName(cell);
}

std::string StageName(const EnvironmentStage& stage) {
  const std::string name = EnvironmentName(stage.preset, stage.cell);
  switch (stage.kind) {
    case EnvironmentStage::Kind::kDeploy:
      return "deploy " + name;
    case EnvironmentStage::Kind::kServe:
      return "serve " + name;
    case EnvironmentStage::Kind::kTeardown:
      break;
  }
  return "teardown " + name;
}

std::string Cause(const EnvironmentStage& stage) {
  const std::string_view message = stage.message.empty() ? "failed" : FirstLine(stage.message);
  if (stage.node.empty() || message.find(stage.node) != std::string_view::npos) {
    return std::string(message);
  }
  return fmt::format("{}: {}", stage.node, message);
}

bool HasFailed(const RunResult& run) {
  return run.attempts > 0 && (run.verdict == Verdict::kFailed || run.verdict == Verdict::kError);
}

std::string RunAgain(const RunResult& run) {
  return ShellCommand({"ctestbed", "run", "--run", run.name});
}

std::string LogName(const LogWindow& window) {
  return fmt::format("{} {}, {} from byte {}", window.node, window.stream, window.file,
                     window.offset);
}

std::string DetailOf(const CaseRecord& record) {
  constexpr size_t kMostOfLog = 2U << 10U;
  std::string text = CutDetail(record.detail, std::string::npos);
  for (const LogWindow& window : record.logs) {
    if (!text.empty()) text += '\n';
    text += fmt::format("log of {}:\n{}", LogName(window), CutDetail(window.text, kMostOfLog));
  }
  return text;
}

std::string Narrative(std::string_view message, std::string_view detail) {
  if (detail.starts_with(message)) return std::string(detail);
  return fmt::format("{}{}{}", message, detail.empty() ? "" : "\n", detail);
}

std::string_view FirstLine(std::string_view text) {
  return LineOf(text, 1);
}

std::string CutMiddle(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  size_t head = most / 2;
  size_t tail = text.size() - (most - head);
  while (head > 0 && IsContinuation(text[head])) --head;
  while (tail < text.size() && IsContinuation(text[tail])) ++tail;
  return fmt::format("{}\n... {} bytes cut ...\n{}", text.substr(0, head), tail - head,
                     text.substr(tail));
}

std::string CutDetail(std::string_view detail, size_t most) {
  while (!detail.empty() && detail.back() == '\n') detail.remove_suffix(1);
  return CutMiddle(detail, most);
}

}  // namespace ctestbed

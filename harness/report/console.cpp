#include "report/console.h"

#include <fmt/format.h>

#include "base/text.h"
#include "model/headline.h"
#include "report/run_fold.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr size_t kMostDetail = 16U << 10U;
constexpr std::string_view kClearLine = "\r\x1b[K";

// The first `columns` characters of `text`, on one line.
std::string CutToWidth(std::string_view text, size_t columns) {
  std::string cut;
  size_t width = 0;
  for (const char c : Visible(text)) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (!continues && ++width > columns) break;
    cut += c == '\n' || c == '\t' ? ' ' : c;
  }
  return cut;
}

std::string Heading(const RunResult& run) {
  const std::string head = fmt::format("  {:<7} {}  ", VerdictName(run.verdict), run.name);
  if (run.attempts == 0 || run.verdict == Verdict::kBlocked || run.verdict == Verdict::kSkipped) {
    return head + std::string(FirstLine(run.message));
  }
  const size_t count = run.cases.size();
  return head + fmt::format("{} case{}  {}{}", count, count == 1 ? "" : "s",
                            FormatDuration(run.duration),
                            run.flaky ? fmt::format("  flaky, attempt {}", run.attempts) : "");
}

}  // namespace

Console::Console(Write write, bool tty, int columns)
    : write_(std::move(write)),
      tty_(tty),
      columns_(columns > 1 ? static_cast<size_t>(columns) - 1 : 79) {}

void Console::OnEvent(const Event& event) {
  events_.push_back(event);
  const size_t stages = stages_.finished().size();
  stages_.Add(event);
  if (stages_.finished().size() > stages) TellStage(stages_.finished().back());
  Note(event);
  if (event.kind == EventKind::kRunFinished) {
    std::vector<const Event*> of_run;
    for (const Event& earlier : events_) {
      if (earlier.run == event.run) of_run.push_back(&earlier);
    }
    TellRun(FoldRun(of_run, stages_.finished()));
  }
  Flush();
}

void Console::Finish() {
  const Results results = FoldResults(events_);
  for (const RunResult& run : results.runs) {
    if (!told_.contains(run.name)) TellRun(run);
  }
  for (size_t i = stages_.finished().size(); i < results.stages.size(); ++i) {
    TellStage(results.stages[i]);
  }
  doing_.clear();
  if (results.aborted) Line(fmt::format("the session was aborted: {}", results.abort_reason));
  Line(fmt::format("{}: {}", OutcomeName(OutcomeOf(results)), Counts(results)));
  if (!results.out.empty()) Line(fmt::format("results: {}", results.out));
  Flush();
}

void Console::Note(const Event& event) {
  switch (event.kind) {
    case EventKind::kRunPlanned:
      ++planned_;
      return;
    case EventKind::kEnvironmentDeploying:
      doing_ = fmt::format("deploying {}", EnvironmentName(event.preset, event.cell));
      return;
    case EventKind::kRunStarted:
      told_.erase(event.run);
      doing_ = event.run;
      return;
    case EventKind::kCaseFinished:
      doing_ = fmt::format("{}: {}", event.run, event.name);
      return;
    default:
      return;
  }
}

void Console::TellStage(const EnvironmentStage& stage) {
  if (stage.ok) return;
  Line(fmt::format("  {:<7} {}: {}", "failed", StageName(stage), Cause(stage)));
  TellDetail(stage.detail);
}

void Console::TellRun(const RunResult& run) {
  told_.insert(run.name);
  const bool quiet = run.verdict == Verdict::kPassed && !run.flaky;
  if (!tty_ || !quiet) Line(Heading(run));
  if (HasFailed(run)) TellCases(run);
}

void Console::TellCases(const RunResult& run) {
  for (const CaseRecord& record : run.cases) {
    if (record.verdict != Verdict::kFailed && record.verdict != Verdict::kError) continue;
    Line("    " + CaseHeadline(record.name, FirstLine(record.message)));
    TellDetail(DetailOf(record));
  }
  Line(fmt::format("    again: {}", RunAgain(run)));
}

void Console::TellDetail(std::string_view detail) {
  if (Trim(detail).empty()) return;
  for (const std::string& line : Split(CutDetail(detail, kMostDetail), '\n')) {
    Line("      " + line);
  }
}

void Console::Line(std::string_view text) {
  lines_ += Visible(text) + "\n";
}

void Console::Flush() {
  std::string progress;
  if (tty_ && !doing_.empty()) {
    progress = CutToWidth(fmt::format("[{}/{}] {}", told_.size(), planned_, doing_), columns_);
  }
  if (lines_.empty() && progress == progress_) return;
  std::string bytes(progress_.empty() ? "" : kClearLine);
  bytes += lines_ + progress;
  lines_.clear();
  progress_ = std::move(progress);
  write_(bytes);
}

}  // namespace ctestbed

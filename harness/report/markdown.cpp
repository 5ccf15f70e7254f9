#include "report/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "report/results.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr size_t kMostPage = 60U << 10U;
// Details stop here, so that there is room to name every failure and for the tables.
constexpr size_t kMostDetails = 30U << 10U;
constexpr size_t kMostDetail = 4U << 10U;
constexpr size_t kMostMessage = 400;

// `text` as one line of plain text: no markup, no HTML.
std::string Plain(std::string_view text) {
  std::string plain;
  for (const char c : Visible(CutMiddle(text, kMostMessage))) {
    if (c == '\n' || c == '\t') {
      plain += ' ';
    } else if (c == '<') {
      plain += "&lt;";
    } else if (c == '&') {
      plain += "&amp;";
    } else {
      if (std::string_view("\\`*_[]#|~$>").find(c) != std::string_view::npos) plain += '\\';
      plain += c;
    }
  }
  return plain;
}

// `text` between fences longer than any run of backticks in it.
std::string Fenced(std::string_view text) {
  const std::string shown = Visible(CutDetail(text, kMostDetail));
  size_t longest = 2;
  for (size_t i = 0, ticks = 0; i < shown.size(); ++i) {
    ticks = shown[i] == '`' ? ticks + 1 : 0;
    longest = std::max(longest, ticks);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}text\n{}\n{}\n", fence, shown, fence);
}

// Takes blocks in order of importance until it is full.
class Page {
 public:
  void Add(const std::string& block) {
    constexpr size_t kRoomForNote = 100;
    if (left_out_ > 0 || text_.size() + block.size() > kMostPage - kRoomForNote) {
      ++left_out_;
    } else {
      text_ += block;
    }
  }
  size_t size() const { return text_.size(); }
  std::string Finish() const {
    if (left_out_ == 0) return text_;
    return text_ + fmt::format("\n{} more entries were left out; junit.xml has all\n", left_out_);
  }

 private:
  std::string text_;
  int left_out_ = 0;
};

std::string Headline(const Results& results) {
  std::string name(OutcomeName(OutcomeOf(results)));
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::string text = fmt::format("# {}: {}\n\n", name, Counts(results));
  if (results.aborted) text += fmt::format("Aborted: {}\n\n", Plain(results.abort_reason));
  return text;
}

void AddDetail(const std::string& detail, Page& page) {
  if (!detail.empty() && page.size() < kMostDetails) page.Add(Fenced(detail) + "\n");
}

void AddFailedStage(const EnvironmentStage& stage, Page& page) {
  page.Add(fmt::format("### {}\n\n**{}**\n\n", Plain(StageName(stage)), Plain(Cause(stage))));
  AddDetail(stage.detail, page);
}

void AddFailedRun(const RunResult& run, Page& page) {
  page.Add(fmt::format("### {}\n\nagain: `{}`\n\n", Plain(run.name), RunAgain(run)));
  for (const CaseRecord& record : run.cases) {
    if (record.verdict != Verdict::kFailed && record.verdict != Verdict::kError) continue;
    page.Add(fmt::format("**{}** ({}): {}\n\n", Plain(record.name), VerdictName(record.verdict),
                         Plain(FirstLine(record.message))));
    AddDetail(DetailOf(record), page);
  }
}

void AddFailures(const Results& results, Page& page) {
  for (const EnvironmentStage& stage : results.stages) {
    if (!stage.ok && !stage.recovered) AddFailedStage(stage, page);
  }
  for (const RunResult& run : results.runs) {
    if (HasFailed(run)) AddFailedRun(run, page);
  }
}

// One line for each run that `chosen` accepts.
void AddList(std::string_view title, const Results& results, bool (*chosen)(const RunResult&),
             std::string (*remark)(const RunResult&), Page& page) {
  if (std::none_of(results.runs.begin(), results.runs.end(), chosen)) return;
  page.Add(fmt::format("## {}\n\n", title));
  for (const RunResult& run : results.runs) {
    if (chosen(run)) page.Add(fmt::format("- {}: {}\n", Plain(run.name), Plain(remark(run))));
  }
  page.Add("\n");
}

bool NeverRan(const RunResult& run) {
  return run.verdict == Verdict::kBlocked || (run.verdict == Verdict::kError && run.attempts == 0);
}

std::string Reason(const RunResult& run) {
  return std::string(FirstLine(run.message));
}

bool IsFlaky(const RunResult& run) {
  return run.flaky;
}

std::string FirstComplaint(const RunResult& run) {
  for (const CaseRecord& record : run.cases) {
    if (!record.earlier.empty()) {
      return fmt::format("passed at attempt {}, after {}: {}", run.attempts, record.name,
                         FirstLine(record.earlier.front().message));
    }
  }
  return fmt::format("passed at attempt {}", run.attempts);
}

void AddEnvironments(const Results& results, Page& page) {
  if (results.stages.empty()) return;
  page.Add("## Environments\n\n| environment | time | |\n|---|---:|---|\n");
  for (const EnvironmentStage& stage : results.stages) {
    page.Add(fmt::format("| {} | {} | {} |\n", Plain(StageName(stage)),
                         FormatDuration(stage.duration), stage.ok ? "" : Plain(Cause(stage))));
  }
  page.Add("\n");
}

void AddRuns(const Results& results, Page& page) {
  if (results.runs.empty()) return;
  page.Add("## Runs\n\n| run | verdict | cases | time |\n|---|---|---:|---:|\n");
  for (const RunResult& run : results.runs) {
    page.Add(fmt::format("| {} | {}{} | {} | {} |\n", Plain(run.name), VerdictName(run.verdict),
                         run.flaky ? " (flaky)" : "", run.cases.size(),
                         FormatDuration(run.duration)));
  }
}

}  // namespace

std::string RenderMarkdown(const std::vector<Event>& events) {
  const Results results = FoldResults(events);
  Page page;
  page.Add(Headline(results));
  AddFailures(results, page);
  AddList("Not run", results, NeverRan, Reason, page);
  AddList("Flaky", results, IsFlaky, FirstComplaint, page);
  AddEnvironments(results, page);
  AddRuns(results, page);
  return page.Finish();
}

}  // namespace ctestbed

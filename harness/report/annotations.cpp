#include "report/annotations.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/results.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr int kMost = 10;
constexpr size_t kMostMessage = 1000;

// What the runner unescapes; in a property also what ends it.
std::string Escaped(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : Visible(CutMiddle(text, kMostMessage))) {
    if (special.find(c) == std::string_view::npos) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned>(c));
    }
  }
  return escaped;
}

class Annotations {
 public:
  void Add(const std::string& title, const std::string& message, const SourceMark& mark = {}) {
    if (++count_ > kMost) return;
    const std::string place =
        mark.line > 0 ? fmt::format("file={},line={},", Property(mark.file), mark.line) : "";
    text_ +=
        fmt::format("::error {}title={}::{}\n", place, Property(title), Escaped(message, "%\r\n"));
  }
  std::string Finish() { return std::move(text_); }

 private:
  static std::string Property(std::string_view text) { return Escaped(text, "%\r\n:,"); }

  std::string text_;
  int count_ = 0;
};

}  // namespace

std::string RenderAnnotations(const std::vector<Event>& events) {
  const Results results = FoldResults(events);
  Annotations annotations;
  for (const EnvironmentStage& stage : results.stages) {
    if (!stage.ok && !stage.recovered) annotations.Add(StageName(stage), Cause(stage));
  }
  for (const RunResult& run : results.runs) {
    for (const CaseRecord& record : run.cases) {
      if (record.verdict != Verdict::kFailed && record.verdict != Verdict::kError) continue;
      annotations.Add(fmt::format("{}: {}", run.name, record.name), record.message, record.mark);
    }
  }
  return annotations.Finish();
}

}  // namespace ctestbed

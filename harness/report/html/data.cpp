#include "report/html/data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "report/html/values.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr size_t kMostText = 300;

constexpr std::array<Verdict, 5> kVerdicts{Verdict::kPassed, Verdict::kFailed, Verdict::kError,
                                           Verdict::kSkipped, Verdict::kBlocked};

Json ToJson(const Totals& totals) {
  return {{"passed", totals.passed},   {"failed", totals.failed},   {"errors", totals.errors},
          {"skipped", totals.skipped}, {"blocked", totals.blocked}, {"all", totals.All()}};
}

std::string Short(std::string_view text) {
  return Shown(CutMiddle(FirstLine(text), kMostText));
}

Json RunToJson(const RunResult& run) {
  return {{"name", run.name},
          {"suite", run.run.suite},
          {"environment", EnvironmentName(run.run.preset, run.run.cell)},
          {"verdict", VerdictName(run.verdict)},
          {"message", Short(run.message)},
          {"duration_s", Seconds(run.duration)},
          {"attempts", run.attempts},
          {"flaky", run.flaky},
          {"again", RunAgain(run)}};
}

Json CaseToJson(const CaseRecord& record, size_t run, const std::string& failure_id) {
  const auto verdict = std::find(kVerdicts.begin(), kVerdicts.end(), record.verdict);
  return Json::array(
      {run, Short(record.name), verdict - kVerdicts.begin(), Seconds(record.duration),
       record.mark.line > 0 ? fmt::format("{}:{}", Visible(record.mark.file), record.mark.line)
                            : std::string(),
       Short(record.message), failure_id});
}

// RFC 8259 section 7 lets every character of a string be written as \uXXXX, and these stand nowhere
// else.
std::string SafeInScript(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i, 3);
    if (json[i] == '<' || json[i] == '>' || json[i] == '&') {
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(json[i]));
    } else if (rest == "\u2028" || rest == "\u2029") {
      safe += rest == "\u2028" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      safe += json[i];
    }
  }
  return safe;
}

}  // namespace

std::string EmbeddedData(const Results& results, const std::map<size_t, std::string>& failure_ids,
                         size_t most) {
  Json runs = Json::array();
  Json cases = Json::array();
  size_t index = 0;
  for (const RunResult& run : results.runs) {
    for (const CaseRecord& record : run.cases) {
      const auto id = failure_ids.find(index++);
      if (cases.size() == most) continue;
      cases.push_back(
          CaseToJson(record, runs.size(), id == failure_ids.end() ? std::string() : id->second));
    }
    runs.push_back(RunToJson(run));
  }
  Json verdicts = Json::array();
  for (const Verdict verdict : kVerdicts) verdicts.push_back(VerdictName(verdict));
  return SafeInScript(DumpJson(
      {{"schema", 1},
       {"session", results.session},
       {"outcome", OutcomeName(OutcomeOf(results))},
       {"duration_s", Seconds(results.duration)},
       {"counts", {{"runs", ToJson(CountRuns(results))}, {"cases", ToJson(CountCases(results))}}},
       {"verdicts", verdicts},
       {"runs", runs},
       {"cases", cases}}));
}

}  // namespace ctestbed

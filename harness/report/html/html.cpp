#include "report/html/html.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

#include "base/text.h"
#include "report/html/assets.h"
#include "report/html/data.h"
#include "report/html/failures.h"
#include "report/html/sections.h"
#include "report/results.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr size_t kMostCases = 100'000;
constexpr size_t kMostCause = 600;

// The verdict whose colour and symbol stand for the outcome.
Verdict LookOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return Verdict::kPassed;
    case Outcome::kSkipped:
      return Verdict::kSkipped;
    case Outcome::kTestsFailed:
      return Verdict::kFailed;
    case Outcome::kAborted:
    case Outcome::kEnvironmentFailed:
    case Outcome::kLeftovers:
    case Outcome::kNothingRan:
      break;
  }
  return Verdict::kError;
}

std::string Capitalised(std::string_view word) {
  std::string text(word);
  if (!text.empty()) {
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  }
  return text;
}

// A bar of parts as wide as their counts, out of 1000.
Values Bar(const std::string& what, const Totals& totals, int flaky) {
  struct Part {
    const char* verdict;
    std::string word;
    int count;
  };
  const std::array<Part, 6> parts{
      {{"failed", "failed", totals.failed},
       {"error", totals.errors == 1 ? "error" : "errors", totals.errors},
       {"blocked", "blocked", totals.blocked},
       {"skipped", "skipped", totals.skipped},
       {"flaky", "passed at a later attempt", flaky},
       {"passed", "passed", totals.passed - flaky}}};
  Values list{Values::type::list};
  double x = 0;
  for (const Part& part : parts) {
    if (part.count == 0) continue;
    const double width = 1000.0 * part.count / totals.All();
    list.push_back(MakeValues({{"verdict", Text(part.verdict)},
                               {"word", Text(part.word)},
                               {"count", Text(std::to_string(part.count))},
                               {"x", Text(fmt::format("{:.2f}", x))},
                               {"width", Text(fmt::format("{:.2f}", width))}}));
    x += width;
  }
  return MakeValues({{"what", Text(what)}, {"parts", list}});
}

void AddBars(const Results& results, Values& page) {
  int flaky = 0;
  for (const RunResult& run : results.runs) flaky += run.flaky ? 1 : 0;
  Values bars{Values::type::list};
  if (!results.runs.empty()) {
    bars.push_back(Bar("runs", CountRuns(results), flaky));
    bars.push_back(Bar("cases", CountCases(results), 0));
  }
  page.set("bars", bars);
}

// "2026-01-01 12:00:00 UTC" of RFC 3339.
std::string Instant(std::string_view at) {
  if (at.size() < 19) return std::string(at);
  return fmt::format("{} {} UTC", at.substr(0, 10), at.substr(11, 8));
}

using Facts = std::vector<std::pair<std::string, std::string>>;

Values ListFacts(const Facts& facts) {
  Values list{Values::type::list};
  for (const auto& [name, value] : facts) {
    if (value.empty()) continue;
    list.push_back(MakeValues({{"name", Text(name)}, {"value", Text(value)}}));
  }
  return list;
}

void AddFacts(const Results& results, Values& page) {
  size_t deploys = 0;
  Duration deploying{0};
  for (const EnvironmentStage& stage : results.stages) {
    if (stage.kind != EnvironmentStage::Kind::kDeploy) continue;
    ++deploys;
    deploying += stage.duration;
  }
  Facts facts{{"took", FormatDuration(results.duration)},
              {"deploys", fmt::format("{} in {}", deploys, FormatDuration(deploying))}};
  std::string planned;
  if (results.cost) {
    const PlanCost& cost = *results.cost;
    facts.emplace_back("node starts",
                       fmt::format("{}; planned {}, run by run {}", results.node_starts,
                                   cost.node_starts_planned, cost.node_starts_naive));
    planned = fmt::format("changes of {}, run by run {}, at least {}; done: {}",
                          FormatDuration(cost.planned), FormatDuration(cost.naive),
                          FormatDuration(cost.lower_bound), FormatDuration(results.changing));
  }
  facts.emplace_back("backend", results.backend);
  facts.emplace_back("started", Instant(results.started_at));
  page.set("facts", ListFacts(facts));
  page.set("details", ListFacts({{"command", ShellCommand(results.command)},
                                 {"session", results.session},
                                 {"results", results.out},
                                 {"started", results.started_at},
                                 {"planned", planned},
                                 {"backend", results.backend},
                                 {"host", results.host},
                                 {"ctestbed", results.version}}));
}

}  // namespace

std::string RenderHtml(const std::vector<Event>& events) {
  const Results results = FoldResults(events);
  const Outcome outcome = OutcomeOf(results);
  Values page = MakeValues({{"style", Markup(std::string(kPageStyle))},
                            {"script", Markup(std::string(kPageScript))},
                            {"outcome", Text(Capitalised(OutcomeName(outcome)))},
                            {"verdict", Text(VerdictName(LookOf(outcome)))},
                            {"cause", Text(CutMiddle(FirstCause(results), kMostCause))},
                            {"counts", Text(Counts(results))}});
  AddBars(results, page);
  AddFacts(results, page);
  const FailureIds ids = AddFailures(results, page);
  AddFlaky(results, page);
  AddMatrix(results, page);
  AddTimeline(FoldTimeline(events), page);
  AddRuns(results, ids, page);
  AddEnvironments(events, page);
  page.set("data", Markup(EmbeddedData(results, ids, kMostCases)));
  kainjow::mustache::mustache mustache{std::string(kPageTemplate)};
  return mustache.render(page);
}

}  // namespace ctestbed

#include "report/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "report/results.h"
#include "report/wording.h"
#include "report/xml.h"

namespace ctestbed {
namespace {

// GitLab fails on text nodes of some 10 MB and on files over 30 MB.
constexpr size_t kMostText = 256U << 10U;
constexpr size_t kMostTextAfterBudget = 1U << 10U;
constexpr size_t kTextBudget = 8U << 20U;
constexpr size_t kMostAttribute = 1U << 10U;

struct Counts {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;
  Duration time{0};

  void Add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    time += other.time;
  }
};

struct Suite {
  std::string name;
  std::string class_name;
  std::string started_at;
  std::string error_type = "error";
  std::vector<std::pair<std::string, std::string>> properties;
  Counts counts;
  std::string cases;  // as XML
};

// Seconds with a decimal point in every locale.
std::string Time(Duration duration) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), Seconds(duration),
                                 std::chars_format::fixed, 3);
  return {digits.data(), end.ptr};
}

std::string Attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, XmlAttribute(CutMiddle(value, kMostAttribute)));
}

std::string CountAttributes(const Counts& counts) {
  return fmt::format(R"( tests="{}" failures="{}" errors="{}" skipped="{}" time="{}")",
                     counts.tests, counts.failures, counts.errors, counts.skipped,
                     Time(counts.time));
}

std::string Blocked(const std::string& message) {
  if (message.empty()) return "blocked";
  return message.starts_with("blocked") ? message : "blocked by " + message;
}

class JunitWriter {
 public:
  std::string Write(const Results& results) {
    AddSession(results);
    AddStages(results);
    for (const RunResult& run : results.runs) AddRun(run);
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites{}{}>\n{}</testsuites>\n",
        Attribute("name", "ctestbed"), CountAttributes(totals_), suites_);
  }

 private:
  // What is wrong with the session as a whole must not be lost on who reads only this file.
  void AddSession(const Results& results) {
    const Outcome outcome = OutcomeOf(results);
    CaseRecord record;
    record.name = "session";
    record.verdict = Verdict::kError;
    if (outcome == Outcome::kAborted) record.message = "aborted: " + results.abort_reason;
    if (outcome == Outcome::kNothingRan) record.message = "no run was selected";
    if (record.message.empty()) return;
    Suite suite;
    suite.name = suite.class_name = "session";
    suite.started_at = results.started_at;
    AddCase(record, suite);
    Close(suite);
  }

  void AddStages(const Results& results) {
    if (results.stages.empty()) return;
    Suite suite;
    suite.name = suite.class_name = suite.error_type = "environment";
    suite.started_at = results.started_at;
    if (!results.backend.empty()) suite.properties = {{"backend", results.backend}};
    for (const EnvironmentStage& stage : results.stages) AddStage(stage, suite);
    Close(suite);
  }

  void AddStage(const EnvironmentStage& stage, Suite& suite) {
    CaseRecord record;
    record.name = StageName(stage);
    record.duration = stage.duration;
    if (!stage.ok && stage.recovered) {
      record.earlier.push_back({Verdict::kError, Cause(stage), stage.detail});
    } else if (!stage.ok) {
      record.verdict = Verdict::kError;
      record.message = Cause(stage);
      record.detail = stage.detail;
    }
    AddCase(record, suite);
  }

  void AddRun(const RunResult& run) {
    Suite suite;
    suite.name = suite.class_name = run.name;
    std::replace(suite.class_name.begin(), suite.class_name.end(), '.', '_');
    suite.started_at = run.started_at;
    suite.properties = {{"preset", run.run.preset}};
    for (const auto& [axis, value] : run.run.cell) suite.properties.emplace_back(axis, value);
    if (!run.environment.empty()) suite.properties.emplace_back("environment", run.environment);
    for (const CaseRecord& record : run.cases) AddCase(record, suite);
    suite.counts.time = std::max(suite.counts.time, run.duration);
    Close(suite);
  }

  void AddCase(const CaseRecord& record, Suite& suite) {
    ++suite.counts.tests;
    suite.counts.time += record.duration;
    const std::string children = Verdicts(record, suite);
    std::string head =
        Identity(suite.class_name, record.name) + Attribute("time", Time(record.duration));
    if (record.mark.line > 0) {
      head +=
          Attribute("file", record.mark.file) + Attribute("line", std::to_string(record.mark.line));
    }
    suite.cases += children.empty()
                       ? fmt::format("    <testcase{}/>\n", head)
                       : fmt::format("    <testcase{}>\n{}    </testcase>\n", head, children);
  }

  std::string Verdicts(const CaseRecord& record, Suite& suite) {
    std::string children;
    switch (record.verdict) {
      case Verdict::kPassed:
        break;
      case Verdict::kFailed:
        ++suite.counts.failures;
        children = Problem("failure", "failed", record);
        break;
      case Verdict::kError:
        ++suite.counts.errors;
        children = Problem("error", suite.error_type, record);
        break;
      case Verdict::kSkipped:
        ++suite.counts.skipped;
        children = Skipped(record.message);
        break;
      case Verdict::kBlocked:
        ++suite.counts.skipped;
        children = Skipped(Blocked(record.message));
        break;
    }
    for (const EarlierFailure& earlier : record.earlier)
      children += Earlier(earlier, record.verdict);
    return children;
  }

  std::string Problem(std::string_view element, std::string_view type, const CaseRecord& record) {
    return fmt::format("      <{0}{1}{2}>{3}</{0}>\n", element,
                       Attribute("message", FirstLine(record.message)), Attribute("type", type),
                       Body(record.message, DetailOf(record)));
  }

  static std::string Skipped(std::string_view message) {
    return fmt::format("      <skipped{}/>\n", Attribute("message", FirstLine(message)));
  }

  std::string Earlier(const EarlierFailure& failure, Verdict last) {
    const std::string element =
        fmt::format("{}{}", last == Verdict::kPassed ? "flaky" : "rerun",
                    failure.verdict == Verdict::kFailed ? "Failure" : "Error");
    return fmt::format("      <{0}{1}{2}><stackTrace>{3}</stackTrace></{0}>\n", element,
                       Attribute("message", FirstLine(failure.message)),
                       Attribute("type", VerdictName(failure.verdict)),
                       Body(failure.message, failure.detail));
  }

  // Some readers show this alone, so it must begin with the message.
  std::string Body(const std::string& message, const std::string& detail) {
    const bool much = text_written_ > kTextBudget;
    const std::string text =
        XmlText(CutDetail(Narrative(message, detail), much ? kMostTextAfterBudget : kMostText));
    text_written_ += text.size();
    return text;
  }

  // Compared as written, since different bytes may be shown alike.
  std::string Identity(const std::string& class_name, const std::string& name) {
    std::string identity;
    for (int i = 1; identity.empty() || !identities_.insert(identity).second; ++i) {
      identity = Attribute("classname", class_name) +
                 Attribute("name", i == 1 ? name : fmt::format("{} #{}", name, i));
    }
    return identity;
  }

  void Close(const Suite& suite) {
    std::string properties;
    for (const auto& [name, value] : suite.properties) {
      properties += fmt::format("      <property{}{}/>\n", Attribute("name", name),
                                Attribute("value", value));
    }
    if (!properties.empty()) {
      properties = fmt::format("    <properties>\n{}    </properties>\n", properties);
    }
    // RFC 3339 without fraction and zone: what the readers' dateTime takes.
    const std::string timestamp =
        suite.started_at.size() < 19 ? "" : Attribute("timestamp", suite.started_at.substr(0, 19));
    suites_ +=
        fmt::format("  <testsuite{}{}{}>\n{}{}  </testsuite>\n", Attribute("name", suite.name),
                    CountAttributes(suite.counts), timestamp, properties, suite.cases);
    totals_.Add(suite.counts);
  }

  Counts totals_;
  std::string suites_;
  std::set<std::string> identities_;
  size_t text_written_ = 0;
};

}  // namespace

std::string RenderJunit(const std::vector<Event>& events) {
  return JunitWriter().Write(FoldResults(events));
}

}  // namespace ctestbed

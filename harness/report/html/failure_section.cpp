#include <fmt/format.h>

#include <algorithm>

#include "report/html/failures.h"
#include "report/html/sections.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr size_t kMostGroups = 100;
constexpr size_t kMostOfGroup = 20;
constexpr size_t kMostBlocked = 50;
constexpr size_t kMostFlaky = 100;
constexpr size_t kMostText = 24U << 10U;
constexpr size_t kMostLog = 12U << 10U;
constexpr size_t kTextBudget = 4U << 20U;
constexpr size_t kMostTextAfterBudget = 512;
// Open from the start: what a reader wants to see at once.
constexpr int kOpenGroups = 3;

std::string Bytes(std::uint64_t count) {
  if (count < 10'000) return fmt::format("{} bytes", count);
  if (count < 10'000'000) return fmt::format("{} KB", count / 1000);
  return fmt::format("{} MB", count / 1'000'000);
}

// The heading says the message already, unless that has more to say.
std::string Told(const FailureView& failure, const std::string& heading) {
  std::string_view detail = failure.detail;
  if (failure.message != heading || detail.empty()) return Narrative(failure.message, detail);
  if (detail.starts_with(heading)) detail.remove_prefix(heading.size());
  while (detail.starts_with('\n')) detail.remove_prefix(1);
  return std::string(detail.empty() ? heading : detail);
}

class FailureSection {
 public:
  Values Group(const FailureGroup& group, FailureIds& ids) {
    const size_t count = group.failures.size();
    Values failures{Values::type::list};
    for (size_t i = 0; i < std::min(count, kMostOfGroup); ++i) {
      failures.push_back(One(group.failures[i], group.message, i == 0, ids));
    }
    ++groups_;
    return MakeValues(
        {{"verdict", Text(VerdictName(group.failures.front().verdict))},
         {"message", Text(CutMiddle(group.message, 600))},
         {"times", Text(count == 1 ? "" : fmt::format("{} times", count))},
         {"failures", failures},
         {"left_out", Text(count <= kMostOfGroup
                               ? ""
                               : fmt::format("{} more like these are in the table of cases and in "
                                             "junit.xml.",
                                             count - kMostOfGroup))}});
  }

 private:
  Values One(const FailureView& failure, const std::string& heading, bool first, FailureIds& ids) {
    const std::string id = fmt::format("failure-{}", ++count_);
    const bool is_case = !failure.run.empty();
    if (is_case) ids[failure.case_index] = id;
    std::string mark;
    if (failure.mark.line > 0) mark = fmt::format("{}:{}", failure.mark.file, failure.mark.line);
    const size_t blocked = std::min(failure.blocked.size(), kMostBlocked);
    std::vector<std::string> names(failure.blocked.begin(),
                                   failure.blocked.begin() + static_cast<std::ptrdiff_t>(blocked));
    if (blocked < failure.blocked.size()) {
      names.push_back(fmt::format("and {} more", failure.blocked.size() - blocked));
    }
    return MakeValues(
        {{"id", Text(id)},
         {"open", first && groups_ < kOpenGroups},
         {"run", Text(failure.run)},
         {"title", Text(CutMiddle(failure.title, 300))},
         {"mark", Text(mark)},
         {"verdict", Text(VerdictName(failure.verdict))},
         {"took", Time(failure.duration)},
         {"told", Text(Cut(Told(failure, heading), kMostText))},
         {"logs", ListOf(failure.logs, [&](const LogWindow& log) { return Log(log); })},
         {"has_blocked", !names.empty()},
         {"blocked", ListOf(names,
                            [](const auto& name) {
                              return MakeValues({{"name", Text(name)}});
                            })},
         {"again", Text(is_case ? RunAgain(RunResult{.name = failure.run}) : "")}});
  }

  Values Log(const LogWindow& log) {
    return MakeValues({{"node", Text(log.node)},
                       {"stream", Text(log.stream)},
                       {"size", Text(Bytes(log.size))},
                       {"file", Text(log.file)},
                       {"link", Text(LinkTo(log.file))},
                       {"offset", Text(std::to_string(log.offset))},
                       {"text", Text(Cut(log.text, kMostLog))}});
  }

  std::string Cut(std::string_view text, size_t most) {
    std::string cut = CutDetail(text, written_ > kTextBudget ? kMostTextAfterBudget : most);
    written_ += cut.size();
    return cut;
  }

  size_t written_ = 0;
  int groups_ = 0;
  int count_ = 0;
};

}  // namespace

FailureIds AddFailures(const Results& results, Values& page) {
  const std::vector<FailureGroup> groups = GroupFailures(results);
  size_t count = 0;
  for (const FailureGroup& group : groups) count += group.failures.size();
  FailureIds ids;
  FailureSection section;
  Values list{Values::type::list};
  for (size_t i = 0; i < std::min(groups.size(), kMostGroups); ++i) {
    list.push_back(section.Group(groups[i], ids));
  }
  page.set("has_failures", !groups.empty());
  page.set("groups", list);
  page.set(
      "failures_lead",
      Text(count == groups.size()
               ? fmt::format("{} failure{}, the first cause first.", count, count == 1 ? "" : "s")
               : fmt::format("{} failures in {} group{}, the first cause first; those that "
                             "differ in numbers only stand together.",
                             count, groups.size(), groups.size() == 1 ? "" : "s")));
  page.set("groups_left_out",
           Text(groups.size() <= kMostGroups
                    ? ""
                    : fmt::format("{} more groups are in the table of cases and in junit.xml.",
                                  groups.size() - kMostGroups)));
  return ids;
}

void AddFlaky(const Results& results, Values& page) {
  size_t count = 0;
  Values list{Values::type::list};
  for (const RunResult& run : results.runs) {
    for (const CaseRecord& record : run.cases) {
      for (const EarlierFailure& earlier : record.earlier) {
        if (++count > kMostFlaky) continue;
        list.push_back(MakeValues(
            {{"id", Text(fmt::format("flaky-{}", count))},
             {"run", Text(run.name)},
             {"title", Text(CutMiddle(record.name, 300))},
             {"message", Text(CutMiddle(FirstLine(earlier.message), 200))},
             {"told", Text(CutDetail(Narrative(earlier.message, earlier.detail), kMostText))}}));
      }
    }
  }
  page.set("has_flaky", count > 0);
  page.set("flaky", list);
  page.set("flaky_left_out", Text(count <= kMostFlaky ? ""
                                                      : fmt::format("{} more are in junit.xml.",
                                                                    count - kMostFlaky)));
}

}  // namespace ctestbed

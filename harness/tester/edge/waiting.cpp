#include "tester/edge/waiting.h"

#include <fmt/format.h>

#include <algorithm>

namespace ctestbed {

Hunt::Hunt(const EdgeRun& run, const Document* pattern)
    : run_(run), pattern_(pattern), next_(FirstThatCounts(run)) {}

bool Hunt::Fits(const Traffic& message, size_t index) {
  if (pattern_ == nullptr) return true;
  int asserts = 0;
  std::vector<Failure> failures =
      MatchPattern(*pattern_, message, run_.step.settings->codec, run_.variables(), &asserts);
  if (failures.empty()) return true;
  // Of those that are as near as each other the newest.
  if (!nearest_ || failures.size() <= nearest_failures_.size()) {
    nearest_ = index;
    nearest_failures_ = std::move(failures);
    nearest_asserts_ = asserts;
  }
  return false;
}

bool Hunt::Look(Inbox& inbox) {
  for (; next_ < inbox.traffic.size() && !found_; ++next_) {
    if (!inbox.traffic[next_].IsUnreadMessage() || !Fits(inbox.traffic[next_], next_)) continue;
    found_ = next_;
  }
  return found_.has_value();
}

std::vector<Failure> Hunt::Failures(Inbox& inbox) const {
  if (!nearest_) {
    const SourceMark mark = pattern_ == nullptr ? run_.step.key.mark : MarkOfAll(*pattern_);
    return {{mark, "no message came that could fit", {}}};
  }
  Traffic& nearest = inbox.traffic[*nearest_];
  const auto wrong = static_cast<int>(nearest_failures_.size());
  nearest.remark =
      fmt::format("{} of {} fit", std::max(0, nearest_asserts_ - wrong), nearest_asserts_);
  std::vector<Failure> failures = nearest_failures_;
  for (Failure& failure : failures) {
    failure.remark = fmt::format("nearest message #{}: {}", nearest.number, Headline(failure));
    failure.subject.clear();
  }
  return failures;
}

size_t FirstThatCounts(const EdgeRun& run) {
  const Document* since = run.step.Beside("since");
  return since == nullptr ? 0 : run.state.Since(since->text, run.client.name());
}

void BlameTheEnd(Waited waited, const Inbox& inbox, std::vector<Failure>& failures) {
  if (waited != Waited::kEnded || !inbox.ending || failures.empty()) return;
  const Ending& ending = *inbox.ending;
  failures.front().remark += fmt::format("; the connection is at its end: {}", ending.how);
  if (!ending.reason.empty()) failures.front().remark += fmt::format(" ({})", ending.reason);
}

std::string OutcomeOf(Waited waited, Duration within, const Inbox& inbox) {
  const auto unread =
      std::count_if(inbox.traffic.begin(), inbox.traffic.end(),
                    [](const Traffic& traffic) { return traffic.IsUnreadMessage(); });
  const std::string rest =
      fmt::format("{} {} unread", unread, unread == 1 ? "message" : "messages");
  if (waited == Waited::kCancelled) return "stopped; " + rest;
  if (waited == Waited::kTimeout) {
    return fmt::format("{} are over; still open; {}", FormatDuration(within), rest);
  }
  return fmt::format("nothing more can come: {}; {}",
                     inbox.ending ? inbox.ending->how : "not connected", rest);
}

std::vector<Failure> SaveAll(const EdgeRun& run, const Document* pattern, const Traffic& message) {
  std::vector<Failure> failures;
  const bool is_map = pattern != nullptr && pattern->IsMap();
  for (const Document* save : {run.step.Beside("save"), is_map ? pattern->Find("save") : nullptr}) {
    if (save == nullptr) continue;
    for (Failure& failure :
         SaveFromMessage(*save, message, run.step.settings->codec, run.variables())) {
      failures.push_back(std::move(failure));
    }
    for (const auto& [name, path] : save->entries) {
      run.state.RememberOrigin(name.value,
                               fmt::format("line {}, {}", name.mark.line, run.client.name()));
    }
  }
  return failures;
}

MaybeProblem CheckDefined(const EdgeRun& run, const Document* pattern) {
  if (pattern == nullptr) return std::nullopt;
  const auto undefined = Undefined(*pattern, run.variables());
  if (!undefined) return std::nullopt;
  return EdgeProblem{{*undefined}, {}};
}

}  // namespace ctestbed

#include "runner/expected.h"

#include <fmt/format.h>

namespace ctestbed {

CaseResult ExpectedOutcomes::Judge(const CaseResult& result) {
  const auto expected = suite_.expected.find(result.name);
  if (expected == suite_.expected.end()) return result;
  seen_.insert(result.name);
  const auto& [word, mark] = expected->second;
  if (result.verdict == Verdict::kError) return result;
  CaseResult judged = result;
  if (VerdictName(result.verdict) == word) {
    judged.verdict = Verdict::kPassed;
    judged.message =
        fmt::format("{} as expected{}{}", word, result.message.empty() ? "" : ": ", result.message);
  } else {
    judged.verdict = Verdict::kFailed;
    judged.message =
        fmt::format("{}, but the suite expects it to be {}", VerdictName(result.verdict), word);
    judged.mark = mark;
  }
  return judged;
}

std::vector<CaseResult> ExpectedOutcomes::Missing() const {
  std::vector<CaseResult> missing;
  for (const auto& [name, expected] : suite_.expected) {
    if (seen_.contains(name)) continue;
    missing.push_back({.name = name,
                       .verdict = Verdict::kFailed,
                       .message = fmt::format("there was no such case, but the suite expects it to "
                                              "be {}",
                                              expected.value),
                       .detail = {},
                       .mark = expected.mark});
  }
  return missing;
}

}  // namespace ctestbed

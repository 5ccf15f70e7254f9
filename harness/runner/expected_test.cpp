#include "runner/expected.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

Suite Expecting(const std::string& outcome) {
  Suite suite;
  suite.expected["known bug"] = {outcome, {"suites/a.yaml", 4, 14}};
  return suite;
}

CaseResult Case(const std::string& name, Verdict verdict, std::string message = {}) {
  return {
      .name = name, .verdict = verdict, .message = std::move(message), .detail = {}, .mark = {}};
}

TEST(ExpectedOutcomes, LeaveOtherCasesAlone) {
  const Suite suite = Expecting("failed");
  const CaseResult other = Case("other", Verdict::kFailed, "status 500");
  EXPECT_EQ(ExpectedOutcomes(suite).Judge(other), other);
}

TEST(ExpectedOutcomes, PassWhatDoesAsExpected) {
  const Suite suite = Expecting("failed");
  ExpectedOutcomes expected(suite);
  const CaseResult judged = expected.Judge(Case("known bug", Verdict::kFailed, "status 500"));
  EXPECT_EQ(judged.verdict, Verdict::kPassed);
  EXPECT_EQ(judged.message, "failed as expected: status 500");
  EXPECT_TRUE(expected.Missing().empty());
}

TEST(ExpectedOutcomes, FailWhatDoesBetter) {
  const Suite suite = Expecting("skipped");
  const CaseResult judged = ExpectedOutcomes(suite).Judge(Case("known bug", Verdict::kPassed));
  EXPECT_EQ(judged.verdict, Verdict::kFailed);
  EXPECT_EQ(judged.message, "passed, but the suite expects it to be skipped");
  EXPECT_EQ(judged.mark.line, 4);
}

TEST(ExpectedOutcomes, NeverExcuseAnError) {
  const Suite suite = Expecting("failed");
  EXPECT_EQ(ExpectedOutcomes(suite).Judge(Case("known bug", Verdict::kError)).verdict,
            Verdict::kError);
}

TEST(ExpectedOutcomes, MissACaseThatNeverRan) {
  const Suite suite = Expecting("failed");
  const auto missing = ExpectedOutcomes(suite).Missing();
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].name, "known bug");
  EXPECT_EQ(missing[0].verdict, Verdict::kFailed);
}

}  // namespace
}  // namespace ctestbed

#include "report/markdown.h"

#include <gtest/gtest.h>

#include "report/test_stream.h"

namespace ctestbed {
namespace {

Stream ManyFailures(int count, const std::string& detail) {
  Stream stream;
  stream.Begin({kAccounts}).Deploying(kAccounts).Ready(kAccounts).Started(kAccounts);
  for (int i = 0; i < count; ++i) {
    stream.Case(kAccounts, "case-" + std::to_string(i), Verdict::kFailed, "status is 500", detail);
  }
  stream.Finished(kAccounts, Verdict::kFailed).Removed().End();
  return stream;
}

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Markdown, NamesEveryFailureBeforeItShowsEveryDetail) {
  const std::string page = RenderMarkdown(ManyFailures(100, std::string(8192, 'x')).events);
  EXPECT_LE(page.size(), 60U << 10U);
  EXPECT_TRUE(Contains(page, "**case-99**"));
  EXPECT_TRUE(Contains(page, "bytes cut"));
  EXPECT_TRUE(Contains(page, "## Runs"));
  EXPECT_FALSE(Contains(page, "left out"));
}

TEST(Markdown, SaysWhatItLeftOut) {
  const std::string page = RenderMarkdown(ManyFailures(3000, "detail").events);
  EXPECT_LE(page.size(), 60U << 10U);
  EXPECT_TRUE(page.starts_with("# FAILED: 1 failed of 1 run; 0 of 3000 cases passed"));
  EXPECT_TRUE(Contains(page, "more entries were left out; junit.xml has all"));
}

TEST(Markdown, SaysAbortedFirst) {
  const std::string page = RenderMarkdown(Stream().Begin({kAccounts}).End("ctest died").events);
  EXPECT_TRUE(page.starts_with("# ABORTED: 1 error of 1 run"));
  EXPECT_TRUE(Contains(page, "Aborted: ctest died"));
}

}  // namespace
}  // namespace ctestbed

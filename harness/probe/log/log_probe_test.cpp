#include "probe/log/log_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::HasSubstr;

Document Pattern(const std::string& text) {
  Document document;
  document.kind = Document::Kind::kScalar;
  document.text = text;
  return document;
}

class LogProbeTest : public testing::Test {
 protected:
  Status Ask() { return probe_->Check(target_, {}, {}); }

  Diagnostics problems_;
  FakeFileSystem files_;
  ProbeTarget target_{.node = "main", .files = &files_, .logs = {"/out", "/err"}};
  std::unique_ptr<Probe> probe_ = MakeLogProbe(Pattern("^listening on \\d+$"), problems_);
};

TEST_F(LogProbeTest, WaitsForALineOfEitherStream) {
  EXPECT_THAT(Ask().error().message, HasSubstr("'^listening on \\d+$'; nothing was printed"));
  files_.files["/out"] = "starting\n\n";
  EXPECT_THAT(Ask().error().message, HasSubstr("the last one is 'starting'"));
  files_.files["/err"] = "listening on nothing\n";
  EXPECT_FALSE(Ask().has_value());
  files_.files["/err"] += "listening on 80\r\nmore\n";
  EXPECT_TRUE(Ask().has_value());
}

TEST_F(LogProbeTest, SeesALineThatComesInPieces) {
  files_.files["/out"] = "first\nlisten";
  EXPECT_FALSE(Ask().has_value());
  files_.files["/out"] += "ing on 8";
  EXPECT_TRUE(Ask().has_value());
}

TEST_F(LogProbeTest, MatchesNotAcrossLines) {
  files_.files["/out"] = "listening on\n80\n";
  EXPECT_FALSE(Ask().has_value());
}

TEST_F(LogProbeTest, ReadsWhatIsLongInParts) {
  files_.files["/out"] = std::string(300'000, 'x') + "\nlistening on 80\n";
  EXPECT_TRUE(Ask().has_value());
}

TEST_F(LogProbeTest, KeepsOnlyTheEndOfAnEndlessLine) {
  probe_ = MakeLogProbe(Pattern("x done$"), problems_);
  files_.files["/out"] = std::string(10'000'000, 'x');
  EXPECT_FALSE(Ask().has_value());
  files_.files["/out"] += " done";
  EXPECT_TRUE(Ask().has_value());
}

TEST_F(LogProbeTest, IsUnsupportedWhereThereAreNoLogs) {
  target_.logs.clear();
  EXPECT_EQ(Ask().error().kind, ErrorKind::kUnsupported);
}

TEST(MakeLogProbe, WantsARegularExpression) {
  for (const std::string bad : {"(", "", "a(?=b)"}) {
    Diagnostics problems;
    EXPECT_EQ(MakeLogProbe(Pattern(bad), problems), nullptr) << bad;
    EXPECT_TRUE(problems.HasErrors()) << bad;
  }
  Diagnostics problems;
  Document list;
  list.kind = Document::Kind::kList;
  EXPECT_EQ(MakeLogProbe(list, problems), nullptr);
  EXPECT_TRUE(problems.HasErrors());
}

}  // namespace
}  // namespace ctestbed

#include "report/wording.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace ctestbed {
namespace {

TEST(CutMiddle, LeavesShortTextAlone) {
  EXPECT_EQ(CutMiddle("abcdef", 6), "abcdef");
}

TEST(CutMiddle, KeepsHeadAndTail) {
  EXPECT_EQ(CutMiddle("abcdefghij", 4), "ab\n... 6 bytes cut ...\nij");
}

TEST(CutMiddle, CutsBetweenCharacters) {
  const std::string text = "\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc";
  for (size_t most = 0; most < text.size(); ++most) {
    EXPECT_EQ(FindInvalidUtf8(CutMiddle(text, most)), std::string::npos) << most;
  }
}

TEST(Cause, IsLedByTheNode) {
  EnvironmentStage stage;
  stage.node = "redis";
  stage.message = "exited with code 3\nmore";
  EXPECT_EQ(Cause(stage), "redis: exited with code 3");
}

TEST(Cause, DoesNotNameTheNodeTwice) {
  EnvironmentStage stage;
  stage.node = "redis";
  stage.message = "node 'redis' exited with code 3";
  EXPECT_EQ(Cause(stage), stage.message);
}

}  // namespace
}  // namespace ctestbed

#include "base/duration.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

TEST(ParseDuration, ReadsEveryUnit) {
  EXPECT_EQ(ParseDuration("150ms"), Duration(150));
  EXPECT_EQ(ParseDuration("5s"), Duration(5000));
  EXPECT_EQ(ParseDuration("1.5s"), Duration(1500));
  EXPECT_EQ(ParseDuration("2m"), Duration(120'000));
  EXPECT_EQ(ParseDuration("1h"), Duration(3'600'000));
  EXPECT_EQ(ParseDuration("0s"), Duration(0));
  EXPECT_EQ(ParseDuration("24h"), Duration(86'400'000));
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const char* text : {"", "5", "s", "-1s", "+1s", "1 s", "1S", "1sec", "1e3s", "0x1s", "25h",
                           "nans", "infs", "nan", "1s ", " 1s", ".5s", "1s2", "99999999999h"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
  EXPECT_FALSE(ParseDuration(std::string(500, '9') + "s"));
}

TEST(ParseDuration, SaysWhatWasExpected) {
  EXPECT_EQ(ParseDuration("5").error().message,
            "'5' is not a duration such as 150ms, 5s, 2m or 1h");
  EXPECT_EQ(ParseDuration("5").error().kind, ErrorKind::kInvalid);
}

TEST(FormatDuration, IsShort) {
  EXPECT_EQ(FormatDuration(Duration(0)), "0 ms");
  EXPECT_EQ(FormatDuration(Duration(999)), "999 ms");
  EXPECT_EQ(FormatDuration(Duration(1000)), "1 s");
  EXPECT_EQ(FormatDuration(Duration(1250)), "1.25 s");
  EXPECT_EQ(FormatDuration(Duration(59'999)), "60 s");
  EXPECT_EQ(FormatDuration(Duration(125'900)), "2 min 5 s");
}

TEST(Seconds, KeepsMilliseconds) {
  EXPECT_DOUBLE_EQ(Seconds(Duration(1234)), 1.234);
}

}  // namespace
}  // namespace ctestbed

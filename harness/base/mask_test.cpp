#include "base/mask.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace ctestbed {
namespace {

constexpr std::string_view kSecret = "s3cr3t/with space+\"quote\"";

TEST(Mask, HidesNothingWithoutValues) {
  Mask mask;
  mask.Hide("");
  EXPECT_TRUE(mask.empty());
  EXPECT_EQ(mask("text"), "text");
}

TEST(Mask, HidesEveryFormOfAValue) {
  Mask mask;
  mask.Hide(kSecret);
  EXPECT_EQ(mask("a " + std::string(kSecret) + " b"), "a *** b");
  EXPECT_EQ(mask(R"({"x":"s3cr3t/with space+\"quote\""})"), R"({"x":"***"})");
  EXPECT_EQ(mask("?p=s3cr3t%2Fwith%20space%2B%22quote%22&x"), "?p=***&x");
}

TEST(Mask, HidesBase64AtAnyOffset) {
  Mask mask;
  mask.Hide("correct-horse-battery");
  for (const std::string before : {"", "u", "us", "use", "user:"}) {
    for (const std::string after : {"", "1", "12"}) {
      const std::string text = Base64(before + "correct-horse-battery" + after);
      EXPECT_NE(mask(text).find("***"), std::string::npos) << before << after;
      EXPECT_LT(mask(text).size(), 20U) << mask(text);
    }
  }
}

TEST(Mask, HidesTheLinesOfALongValue) {
  Mask mask;
  mask.Hide("-----BEGIN KEY-----\nMIIEvgIBADAN\n");
  EXPECT_EQ(mask("12:00 MIIEvgIBADAN"), "12:00 ***");
}

TEST(Mask, TakesTheLongerValueFirst) {
  Mask mask;
  mask.Hide("password");
  mask.Hide("password-2");
  EXPECT_EQ(mask("password-2 password"), "*** ***");
}

}  // namespace
}  // namespace ctestbed

#include "base/base64.h"

#include <gtest/gtest.h>

#include <array>

namespace ctestbed {
namespace {

// RFC 4648 section 10.
TEST(Base64, GivesTheVectorsOfTheRfcBothWays) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kVectors{
      {{"", ""},
       {"f", "Zg=="},
       {"fo", "Zm8="},
       {"foo", "Zm9v"},
       {"foob", "Zm9vYg=="},
       {"fooba", "Zm9vYmE="},
       {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(Base64(bytes), text);
    EXPECT_EQ(FromBase64(text).value(), bytes);
  }
}

TEST(Base64, TakesAllBytesAndLineBreaks) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(FromBase64(Base64(bytes)).value(), bytes);
  EXPECT_EQ(FromBase64("Zm9v\n YmFy\n").value(), "foobar");
}

TEST(Base64, RefusesAnythingElse) {
  for (const std::string_view text : {"Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9v!", "=", "Zm=v"}) {
    EXPECT_FALSE(FromBase64(text)) << text;
  }
}

TEST(Hex, GoesBothWays) {
  EXPECT_EQ(HexText(std::string_view("\0\xff\x10", 3)), "00 ff 10");
  EXPECT_EQ(FromHex("00 ff 10").value(), std::string("\0\xff\x10", 3));
  EXPECT_EQ(FromHex("00FF  10 ").value(), std::string("\0\xff\x10", 3));
  EXPECT_EQ(FromHex("").value(), "");
  for (const std::string_view text : {"0", "0 0", "000", "xy", "0x00"}) {
    EXPECT_FALSE(FromHex(text)) << text;
  }
}

}  // namespace
}  // namespace ctestbed

#include "base/digest.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace ctestbed {
namespace {

// Vectors of NIST (FIPS 180-4 examples).
TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(Sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, SeesEveryByte) {
  EXPECT_NE(Sha256(std::string_view("a\0", 2)), Sha256("a"));
}

// FIPS 180-4 examples.
TEST(Sha1, AgreesWithTheStandard) {
  EXPECT_EQ(HexText(Sha1Bytes("abc")),
            "a9 99 3e 36 47 06 81 6a ba 3e 25 71 78 50 c2 6c 9c d0 d8 9d");
}

}  // namespace
}  // namespace ctestbed

#include "supervisor/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::HasSubstr;
using Kind = SecretSource::Kind;

class SecretsTest : public testing::Test {
 protected:
  std::string ErrorOf(const SecretSource& source) {
    const Status status = secrets_.Read("env", {{"key", source}});
    return status ? "" : status.error().message;
  }

  FakeFileSystem files_;
  Secrets secrets_{files_, {{"TOKEN", "from-environment"}, {"SHORT", "abc"}}};
};

TEST_F(SecretsTest, ComeFromVariablesAndFiles) {
  files_.files["/key"] = "from file\n";
  ASSERT_TRUE(
      secrets_.Read("env", {{"a", {Kind::kEnvironment, "TOKEN"}}, {"b", {Kind::kFile, "/key"}}})
          .has_value());
  EXPECT_EQ(secrets_.Values("env").at("a"), "from-environment");
  EXPECT_EQ(secrets_.Values("env").at("b"), "from file");
  EXPECT_EQ(secrets_.Hidden("x from-environment from file"), "x *** ***");
}

TEST_F(SecretsTest, AreGeneratedOnce) {
  const SecretSources sources{{"key", {Kind::kGenerated, "", 40}}};
  ASSERT_TRUE(secrets_.Read("env", sources).has_value());
  const std::string value = secrets_.Values("env").at("key");
  EXPECT_EQ(value.size(), 40U);
  ASSERT_TRUE(secrets_.Read("env", sources).has_value());
  EXPECT_EQ(secrets_.Values("env").at("key"), value);
}

TEST_F(SecretsTest, AnOldValueStaysHidden) {
  files_.files["/key"] = "first";
  ASSERT_TRUE(secrets_.Read("env", {{"key", {Kind::kFile, "/key"}}}).has_value());
  files_.files["/key"] = "second";
  ASSERT_TRUE(secrets_.Read("env", {{"key", {Kind::kFile, "/key"}}}).has_value());
  EXPECT_EQ(secrets_.Values("env").at("key"), "second");
  EXPECT_EQ(secrets_.Hidden("first second"), "*** ***");
}

TEST_F(SecretsTest, EachEnvironmentHasItsOwn) {
  ASSERT_TRUE(secrets_.Read("env", {{"key", {Kind::kEnvironment, "TOKEN"}}}).has_value());
  files_.files["/key"] = "of another";
  ASSERT_TRUE(secrets_.Read("other", {{"key", {Kind::kFile, "/key"}}}).has_value());
  EXPECT_EQ(secrets_.Values("env").at("key"), "from-environment");
  EXPECT_EQ(secrets_.Values("other").at("key"), "of another");
  EXPECT_TRUE(secrets_.Values("none").empty());
  EXPECT_EQ(secrets_.Hidden("from-environment of another"), "*** ***");
}

TEST_F(SecretsTest, WhatIsMissingIsNamed) {
  EXPECT_EQ(ErrorOf({Kind::kEnvironment, "NONE"}),
            "secret 'key': environment variable 'NONE' is not set");
  EXPECT_THAT(ErrorOf({Kind::kFile, "/none"}), HasSubstr("secret 'key': file '/none': "));
  EXPECT_THAT(ErrorOf({Kind::kEnvironment, "SHORT"}), HasSubstr("3 bytes are too few"));
}

}  // namespace
}  // namespace ctestbed

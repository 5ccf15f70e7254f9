// A GoogleTest fixture that has the live environment. Header only: link GTest yourself.
//
//   using AccountsTest = ctestbed::client::EnvironmentTest;
//
//   TEST_F(AccountsTest, IsHealthy) {
//     EXPECT_EQ(ctestbed::client::Send({"GET", environment().Url("accounts") + "/health"}).status,
//     200);
//   }
#pragma once

#include <ctestbed/client/environment.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace ctestbed::client {

// Without a live environment every test fails with what to do about it; or is skipped, where
// MaySkip says so. A fixture's own SetUp begins with
//   ASSERT_NO_FATAL_FAILURE(EnvironmentTest::SetUp());
class EnvironmentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      environment_.emplace();
    } catch (const Error& error) {
      if (MaySkip()) GTEST_SKIP() << error.what();
      FAIL() << error.what();
    }
  }

  virtual bool MaySkip() const { return false; }
  const Environment& environment() const { return environment_.value(); }
  // "AccountsTest-Creates-1f2e3d4c5b6a": of this test in this run, so that tests which share an
  // environment do not meet.
  std::string UniqueName() const {
    const auto& test = *::testing::UnitTest::GetInstance()->current_test_info();
    return std::string(test.test_suite_name()) + "-" + test.name() + "-" + environment().RunId();
  }

 private:
  std::optional<Environment> environment_;
};

}  // namespace ctestbed::client

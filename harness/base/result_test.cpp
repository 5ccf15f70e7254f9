#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace ctestbed {
namespace {

Result<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) return Fail(ErrorKind::kInvalid, "odd", "detail");
  return std::make_unique<int>(number / 2);
}

Result<int> Quarter(int number) {
  TRY(const auto half, Half(number));
  TRY(const auto quarter, Half(*half));
  return *quarter;
}

Status CheckEven(int number) {
  TRY_DO(Half(number));
  return {};
}

TEST(Try, GivesTheValueOrReturnsTheError) {
  EXPECT_EQ(Quarter(8), 2);
  EXPECT_EQ(Quarter(6).error(), (Error{ErrorKind::kInvalid, "odd", "detail", ""}));
  EXPECT_TRUE(CheckEven(2));
  EXPECT_EQ(CheckEven(3).error().message, "odd");
}

TEST(ErrorKind, SurvivesItsName) {
  for (const ErrorKind kind :
       {ErrorKind::kInvalid, ErrorKind::kNotFound, ErrorKind::kConflict, ErrorKind::kUnavailable,
        ErrorKind::kUnsupported, ErrorKind::kTimeout, ErrorKind::kCancelled,
        ErrorKind::kEnvironment, ErrorKind::kBlocked, ErrorKind::kInternal}) {
    EXPECT_EQ(ErrorKindFromName(ErrorKindName(kind)), kind) << ErrorKindName(kind);
  }
  EXPECT_EQ(ErrorKindName(ErrorKind::kNotFound), "not-found");
  EXPECT_EQ(ErrorKindFromName("no such kind"), ErrorKind::kInternal);
}

}  // namespace
}  // namespace ctestbed

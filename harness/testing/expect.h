// Expectations that many tests share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/duration.h"
#include "base/result.h"

namespace ctestbed {

// Expects an error of `kind` whose message has `part` in it.
template <typename T>
void ExpectError(const Result<T>& result, ErrorKind kind, const std::string& part) {
  ASSERT_FALSE(result) << "no error where one with '" << part << "' was expected";
  EXPECT_EQ(ErrorKindName(result.error().kind), ErrorKindName(kind));
  EXPECT_THAT(result.error().message, testing::HasSubstr(part));
}

inline TimePoint In(Duration duration) {
  return std::chrono::steady_clock::now() + duration;
}
// A deadline for what should happen at once, on however slow a machine.
inline TimePoint Soon() {
  return In(std::chrono::seconds(30));
}

}  // namespace ctestbed

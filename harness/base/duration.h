// Spans of time as users write and read them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

using Duration = std::chrono::milliseconds;
// Points on the monotonic clock; a deadline is one of them.
using TimePoint = std::chrono::steady_clock::time_point;

// "150ms", "5s", "1.5s", "2m", "1h". A bare number, a sign or more than 24 h is kInvalid.
Result<Duration> ParseDuration(std::string_view text);
// "150 ms", "1.25 s", "2 min 5 s".
std::string FormatDuration(Duration duration);
inline double Seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

}  // namespace ctestbed

#include "base/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace ctestbed {

Result<Duration> ParseDuration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  double number = 0;
  const auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const auto& [name, factor] : kUnits) {
    if (problem != std::errc() || unit != name) continue;
    // from_chars also takes "-1", "inf" and "nan".
    if (text.front() < '0' || text.front() > '9') break;
    const double milliseconds = number * factor;
    if (milliseconds > 24 * 3'600'000.0) break;
    return Duration(std::llround(milliseconds));
  }
  return Fail(ErrorKind::kInvalid,
              fmt::format("{} is not a duration such as 150ms, 5s, 2m or 1h", Quote(text)));
}

std::string FormatDuration(Duration duration) {
  const auto count = duration.count();
  if (count < 1000) return fmt::format("{} ms", count);
  if (count < 60'000) return fmt::format("{:.4g} s", Seconds(duration));
  return fmt::format("{} min {} s", count / 60'000, count % 60'000 / 1000);
}

}  // namespace ctestbed

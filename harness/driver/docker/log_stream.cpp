#include "driver/docker/log_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr size_t kHeader = 8;
constexpr size_t kLargestFrame = 16U << 20U;  // engines send 16 KiB

size_t LengthIn(std::string_view header) {
  size_t length = 0;
  for (size_t i = 4; i < kHeader; ++i) {
    length = length << 8U | static_cast<unsigned char>(header[i]);
  }
  return length;
}

bool NumberAt(std::string_view text, size_t at, size_t size, int& number) {
  if (text.size() < at + size) return false;
  const char* begin = text.data() + at;
  return std::from_chars(begin, begin + size, number).ptr == begin + size;
}

// Seconds since 1970 of "2026-01-31T10:20:30", always UTC; -1 when `stamp` is none.
long SecondsOf(std::string_view stamp) {
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  int years = 0;
  std::array<int, 5> parts{};  // month, day, hour, minute, second
  bool good = NumberAt(stamp, 0, 4, years);
  for (size_t i = 0; i < parts.size(); ++i) good = good && NumberAt(stamp, 5 + 3 * i, 2, parts[i]);
  if (!good) return -1;
  const std::chrono::sys_days date =
      year(years) / month(static_cast<unsigned>(parts[0])) / day(static_cast<unsigned>(parts[1]));
  const std::chrono::seconds days = date.time_since_epoch();
  return days.count() + parts[2] * 3600L + parts[3] * 60L + parts[4];
}

// The digits after the point of a stamp, as nanoseconds.
long NanosecondsOf(std::string_view stamp) {
  const size_t point = stamp.find('.');
  if (point == std::string_view::npos) return 0;
  std::string digits;
  for (const char c : stamp.substr(point + 1)) {
    if (c < '0' || c > '9') break;
    digits += c;
  }
  digits.resize(9, '0');
  long nanoseconds = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), nanoseconds);
  return nanoseconds;
}

}  // namespace

Result<bool> FrameReader::Next(Frame& frame) {
  const std::string_view rest = std::string_view(pending_).substr(taken_);
  if (rest.size() < kHeader) return false;
  const char stream = rest[0];
  const size_t length = LengthIn(rest);
  // 0 is what an engine echoes of an input.
  if (stream < 0 || stream > 2 || rest.substr(1, 3) != std::string_view("\0\0\0", 3) ||
      length > kLargestFrame) {
    return Fail(ErrorKind::kInternal, fmt::format("the engine sent output that is not framed: {}",
                                                  Quote(rest.substr(0, kHeader))));
  }
  if (rest.size() < kHeader + length) {
    pending_.erase(0, taken_);
    taken_ = 0;
    return false;
  }
  frame.stream = stream == 2 ? OutputStream::kStderr : OutputStream::kStdout;
  frame.text = rest.substr(kHeader, length);
  taken_ += kHeader + length;
  if (taken_ == pending_.size()) {
    pending_.clear();
    taken_ = 0;
  }
  return true;
}

Result<std::string_view> LogPosition::Take(const FrameReader::Frame& frame) {
  const std::string_view all = frame.text;
  const size_t space = all.find(' ');
  const std::string_view stamp = all.substr(0, space);
  if (space == std::string_view::npos || SecondsOf(stamp) < 0) {
    return Fail(ErrorKind::kInternal,
                fmt::format("the engine sent a line without a time: {}", Quote(all.substr(0, 80))));
  }
  std::string_view text = all.substr(space + 1);
  Written& written = written_.at(IndexOf(frame.stream));
  const size_t repeated = std::min(written.known, text.size());
  written.known -= repeated;
  text.remove_prefix(repeated);
  written.bytes += text.size();
  last_ = stamp;
  return text;
}

size_t LogPosition::Size(OutputStream stream) const {
  return written_.at(IndexOf(stream)).bytes;
}

void LogPosition::Reopen(bool from_begin) {
  for (Written& written : written_) written.known = from_begin ? written.bytes : 0;
  if (from_begin) last_.clear();
}

std::string LogPosition::After() const {
  if (last_.empty()) return "";
  const long next = NanosecondsOf(last_) + 1;
  return fmt::format("{}.{:09}", SecondsOf(last_) + next / 1'000'000'000, next % 1'000'000'000);
}

}  // namespace ctestbed

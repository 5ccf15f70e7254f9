#include "probe/log/log_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/fields.h"
#include "base/regex.h"
#include "base/text.h"
#include "probe/arguments.h"

namespace ctestbed {
namespace {

constexpr std::array kForms{Field{"pattern", Shape::kText, "a regular expression"}};
constexpr size_t kPart = 64U << 10U;
constexpr size_t kLongestLine = 64U << 10U;
constexpr size_t kMostShown = 200;

// How far a file was read, and the line that has not ended there.
struct Reading {
  std::uint64_t offset = 0;
  std::string line;
};

class LogProbe final : public Probe {
 public:
  explicit LogProbe(std::string pattern) : pattern_(std::move(pattern)) {}

  Status Check(const ProbeTarget& target, TimePoint, std::stop_token stop) override {
    if (target.files == nullptr || target.logs.empty()) {
      return Fail(ErrorKind::kUnsupported, "log is not supported by this driver");
    }
    for (const std::string& path : target.logs) {
      TRY(const bool found, Search(*target.files, path, stop));
      if (found) return {};
    }
    return Fail(ErrorKind::kUnavailable,
                fmt::format("log has no line that matches {}{}", Quote(pattern_), LastLine()));
  }

 private:
  Result<bool> Search(const FileSystem& files, const std::string& path,
                      const std::stop_token& stop) {
    Reading& reading = readings_[path];
    while (!stop.stop_requested()) {
      const auto part = files.ReadPart(path, reading.offset, kPart);
      if (!part) {
        if (part.error().kind == ErrorKind::kNotFound) return false;  // it has printed nothing yet
        return tl::unexpected<Error>(part.error());
      }
      reading.offset += part->size();
      TRY(const bool found, Feed(reading, *part));
      if (found || part->size() < kPart) return found;
    }
    return false;
  }

  Result<bool> Feed(Reading& reading, std::string_view part) {
    while (!part.empty()) {
      const size_t end = part.find('\n');
      reading.line += part.substr(0, end);
      TRY(const bool found, RegexMatches(pattern_, Trimmed(reading.line)));
      if (found || end == std::string_view::npos) return found;
      if (!Trim(reading.line).empty()) last_ = reading.line.substr(0, kMostShown);
      reading.line.clear();
      part.remove_prefix(end + 1);
    }
    return false;
  }

  // Cuts `line` to what is kept of it; what is to be matched has no carriage return.
  static std::string_view Trimmed(std::string& line) {
    if (line.size() > kLongestLine) line.erase(0, line.size() - kLongestLine);
    const std::string_view text = line;
    return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
  }

  std::string LastLine() const {
    if (last_.empty()) return "; nothing was printed";
    return fmt::format("; the last one is {}", Quote(Visible(last_)));
  }

  const std::string pattern_;
  std::map<std::string, Reading> readings_;
  std::string last_;
};

}  // namespace

constexpr Inside kLogArguments{.either = kForms};

std::unique_ptr<Probe> MakeLogProbe(const Document& arguments, Diagnostics& problems) {
  Diagnostics own;
  if (CheckShape(arguments, Shape::kText, "log", own)) {
    const Status usable = CheckRegex(arguments.text);
    if (!usable) own.Error(arguments.mark, usable.error().message);
    if (arguments.text.empty()) {
      own.Error(arguments.mark, "an empty 'log' matches everything",
                "write a part of the line that means ready");
    }
  }
  return HandOn(own, problems) ? std::make_unique<LogProbe>(arguments.text) : nullptr;
}

}  // namespace ctestbed

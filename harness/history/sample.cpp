#include "history/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::array<std::pair<Measure, std::string_view>, 4> kMeasures{{
    {Measure::kStart, "start"},
    {Measure::kStop, "stop"},
    {Measure::kReset, "reset"},
    {Measure::kRun, "run"},
}};

// Longer than any session, and short enough for arithmetic.
constexpr double kLongest = 30.0 * 24 * 3600;
// Of a text; what a run is called is the longest of them.
constexpr size_t kLongestText = 4096;

// 2026-01-31T10:20:30.123Z: then the order of texts is that of time.
bool IsInstant(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddZ";
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(), [](char c, char shape) {
    return shape == 'd' ? c >= '0' && c <= '9' : c == shape;
  });
}

Result<std::string> TextOf(const Json& json, std::string_view key) {
  std::string text = JsonText(json, key);
  if (!text.empty() && text.size() <= kLongestText) return text;
  return Fail(ErrorKind::kInvalid, fmt::format("a sample needs a text {}", Quote(key)));
}

Result<double> NumberOf(const Json& json, std::string_view key, double most) {
  const double number = JsonNumber(json, key, -1);
  if (number >= 0 && number <= most) return number;
  return Fail(ErrorKind::kInvalid,
              fmt::format("a sample needs a number {} from 0 to {}", Quote(key), most));
}

std::string_view NameKey(Measure measure) {
  return measure == Measure::kRun ? "suite" : "node";
}
std::string_view VariantKey(Measure measure) {
  return measure == Measure::kRun ? "run" : "digest";
}

}  // namespace

std::string_view MeasureName(Measure measure) {
  for (const auto& [value, name] : kMeasures) {
    if (value == measure) return name;
  }
  return "run";
}

Result<Measure> MeasureFromName(std::string_view name) {
  for (const auto& [value, known] : kMeasures) {
    if (known == name) return value;
  }
  return Fail(ErrorKind::kInvalid, fmt::format("unknown measure {}", Quote(name)));
}

Json ToJson(const Sample& sample) {
  const Subject& subject = sample.subject;
  Json json{{"project", subject.project},
            {"backend", subject.backend},
            {"measure", MeasureName(subject.measure)},
            {"preset", subject.preset},
            {NameKey(subject.measure), subject.name},
            {VariantKey(subject.measure), subject.variant},
            {"at", sample.at},
            {"session", sample.session},
            {"seq", sample.seq},
            {"duration_s", Seconds(sample.duration)}};
  if (subject.measure == Measure::kRun) json["verdict"] = VerdictName(sample.verdict);
  return json;
}

Result<Sample> SampleFromJson(const Json& json) {
  Sample sample;
  Subject& subject = sample.subject;
  TRY(subject.measure, MeasureFromName(JsonText(json, "measure")));
  TRY(subject.project, TextOf(json, "project"));
  TRY(subject.backend, TextOf(json, "backend"));
  TRY(subject.preset, TextOf(json, "preset"));
  TRY(subject.name, TextOf(json, NameKey(subject.measure)));
  TRY(subject.variant, TextOf(json, VariantKey(subject.measure)));
  TRY(sample.at, TextOf(json, "at"));
  if (!IsInstant(sample.at)) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} is no instant like 2026-01-31T10:20:30.123Z", Quote(sample.at)));
  }
  TRY(sample.session, TextOf(json, "session"));
  TRY(const double seq, NumberOf(json, "seq", 1e15));
  sample.seq = static_cast<std::uint64_t>(seq);
  TRY(const double seconds, NumberOf(json, "duration_s", kLongest));
  sample.duration = Duration(std::llround(seconds * 1000));
  if (subject.measure == Measure::kRun) {
    TRY(sample.verdict, VerdictFromName(JsonText(json, "verdict")));
  }
  return sample;
}

}  // namespace ctestbed

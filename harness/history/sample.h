// What history keeps: one measurement of a node or a run.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/duration.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "model/event.h"

namespace ctestbed {

// Of a node: until it was ready, until it was gone, until it was as new. Of a run: all of it.
enum class Measure { kStart, kStop, kReset, kRun };

inline constexpr std::array kNodeMeasures{Measure::kStart, Measure::kStop, Measure::kReset};

std::string_view MeasureName(Measure measure);
Result<Measure> MeasureFromName(std::string_view name);

// What is measured; samples of equal subjects repeat each other.
struct Subject {
  std::string project;
  std::string backend;
  Measure measure = Measure::kRun;
  std::string preset;
  std::string name;     // of the node, or of the suite
  std::string variant;  // DigestOf the node, or the name of the run

  auto operator<=>(const Subject&) const = default;
};

// `session`, `at` and `seq` are those of the event that told it; there are no two samples of one
// event.
struct Sample {
  Subject subject;
  std::string at;  // RFC 3339, UTC, milliseconds
  std::string session;
  std::uint64_t seq = 0;
  Duration duration{0};
  Verdict verdict = Verdict::kPassed;  // of a run

  bool operator==(const Sample&) const = default;
};

// As a line of `ctestbed history export`. Reading refuses what is incomplete or no sample
// (kInvalid).
Json ToJson(const Sample& sample);
Result<Sample> SampleFromJson(const Json& json);

}  // namespace ctestbed

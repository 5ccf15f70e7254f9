#include "model/event.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::array<std::pair<Verdict, std::string_view>, 5> kVerdicts{{
    {Verdict::kPassed, "passed"},
    {Verdict::kFailed, "failed"},
    {Verdict::kError, "error"},
    {Verdict::kSkipped, "skipped"},
    {Verdict::kBlocked, "blocked"},
}};

}  // namespace

std::string_view EventKindName(EventKind kind) {
  for (const EventKindEntry& entry : kEventKinds) {
    if (entry.kind == kind) return entry.name;
  }
  return "unknown";
}

std::string_view VerdictName(Verdict verdict) {
  for (const auto& [value, name] : kVerdicts) {
    if (value == verdict) return name;
  }
  return "error";
}

Result<Verdict> VerdictFromName(std::string_view name) {
  for (const auto& [value, known] : kVerdicts) {
    if (known == name) return value;
  }
  return Fail(ErrorKind::kInvalid, fmt::format("unknown verdict {}", Quote(name)));
}

}  // namespace ctestbed

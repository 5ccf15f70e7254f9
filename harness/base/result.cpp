#include "base/result.h"

#include <array>

namespace ctestbed {
namespace {

constexpr std::array<std::pair<ErrorKind, std::string_view>, 10> kNames{{
    {ErrorKind::kInvalid, "invalid"},
    {ErrorKind::kNotFound, "not-found"},
    {ErrorKind::kConflict, "conflict"},
    {ErrorKind::kUnavailable, "unavailable"},
    {ErrorKind::kUnsupported, "unsupported"},
    {ErrorKind::kTimeout, "timeout"},
    {ErrorKind::kCancelled, "cancelled"},
    {ErrorKind::kEnvironment, "environment"},
    {ErrorKind::kBlocked, "blocked"},
    {ErrorKind::kInternal, "internal"},
}};

}  // namespace

std::string_view ErrorKindName(ErrorKind kind) {
  for (const auto& [value, name] : kNames) {
    if (value == kind) return name;
  }
  return "internal";
}

ErrorKind ErrorKindFromName(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  return ErrorKind::kInternal;
}

}  // namespace ctestbed

#include "model/secret.h"

#include <algorithm>
#include <array>

#include "base/json.h"

namespace ctestbed {
namespace {

constexpr std::array<std::string_view, 3> kKinds{"env", "file", "generate"};

}  // namespace

Json ToJson(const SecretSource& source) {
  return {{"kind", kKinds.at(static_cast<size_t>(source.kind))},
          {"text", source.text},
          {"length", source.length}};
}

SecretSource SecretSourceFromJson(const Json& json) {
  const auto* const kind = std::find(kKinds.begin(), kKinds.end(), JsonText(json, "kind"));
  if (kind == kKinds.end()) return {};
  return {static_cast<SecretSource::Kind>(kind - kKinds.begin()), JsonText(json, "text"),
          static_cast<int>(JsonNumber(json, "length"))};
}

}  // namespace ctestbed

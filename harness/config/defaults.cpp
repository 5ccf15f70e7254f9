#include "config/defaults.h"

#include <array>
#include <span>

#include "base/fields.h"
#include "config/yaml_reader.h"

namespace ctestbed {
namespace {

constexpr std::array kDefaultsFields{
    Field{"host_environment", Shape::kTextList, "variables of the host that every node gets"},
    Field{"ready", Shape::kMap, "{within: DURATION}"},
    Field{"stop", Shape::kMap, "{grace: DURATION}"},
    Field{"suite", Shape::kMap, "{timeout: DURATION}"},
};

// The one duration in the map `key`, e.g. `within` of `ready`.
void ReadOne(const Fields& fields, std::string_view key, const Field& inner, Duration& into,
             Diagnostics& problems) {
  const Document* map = fields.Find(key);
  if (map == nullptr) return;
  into = Fields(*map, key, std::span(&inner, 1), problems).Time(inner.key).value_or(into);
}

}  // namespace

Defaults ReadDefaults(const Document& document, Defaults base, Diagnostics& problems) {
  const Fields fields(document, "defaults", kDefaultsFields, problems);
  if (const auto names = fields.Texts("host_environment")) {
    base.host_environment.clear();
    for (const auto& name : *names) base.host_environment.push_back(name.value);
  }
  ReadOne(fields, "ready", {"within", Shape::kDuration, "from start to ready"}, base.ready_within,
          problems);
  ReadOne(fields, "stop", {"grace", Shape::kDuration, "from SIGTERM to SIGKILL"}, base.stop_grace,
          problems);
  ReadOne(fields, "suite", {"timeout", Shape::kDuration, "of one run"}, base.suite_timeout,
          problems);
  return base;
}

Defaults BuiltInDefaults() {
  Diagnostics problems;
  const auto document = ReadYaml("presets/defaults.yaml", kEmbeddedDefaults, problems);
  return document ? ReadDefaults(*document, {}, problems) : Defaults{};
}

}  // namespace ctestbed

#include "cli/backend_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/matrix.h"
#include "model/resolve.h"

namespace ctestbed {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::string_view kDefault = "process";

// Those that every preset can be deployed on, in the order of the first that names any; nothing
// where none does.
std::vector<std::string> NamedByAll(const std::vector<Preset>& presets) {
  std::vector<std::string> common;
  bool named = false;
  for (const Preset& preset : presets) {
    std::vector<std::string> own;
    for (const auto& backend : preset.backends) own.push_back(backend.value);
    if (own.empty()) continue;
    if (!named) common = own;
    named = true;
    std::erase_if(common, [&](const std::string& backend) {
      return std::find(own.begin(), own.end(), backend) == own.end();
    });
  }
  return common;
}

Status CheckDeployable(const std::vector<Preset>& presets, std::string_view backend,
                       const std::vector<Capability>& capabilities) {
  for (const Preset& preset : presets) {
    const Topology topology = Resolve(preset, DefaultCell(preset), {}, {});
    TRY_DO(CheckBackend(topology, preset.name.value, backend));
    Status supported = CheckSupported(topology, capabilities);
    if (supported) continue;
    supported.error().message =
        fmt::format("preset '{}': {}", preset.name.value, supported.error().message);
    return supported;
  }
  return {};
}

Status CheckUsable(Program& program, std::string_view backend, const std::vector<Preset>& presets) {
  TRY(Driver * driver, program.driver(std::string(backend)));
  TRY_DO(CheckDeployable(presets, backend, driver->Capabilities()));
  return program.available_driver(std::string(backend)).map([](Driver*) {});
}

Result<std::string> ChooseAmongAll(Program& program, const std::vector<Preset>& presets,
                                   bool tell) {
  std::vector<DriverEntry> entries;
  for (const DriverEntry& entry : Drivers()) {
    if (entry.priority > 0) entries.push_back(entry);
  }
  std::stable_sort(entries.begin(), entries.end(), [](const DriverEntry& a, const DriverEntry& b) {
    return a.priority > b.priority;
  });
  std::vector<std::string> refused;
  for (const DriverEntry& entry : entries) {
    const Status usable = CheckUsable(program, entry.name, presets);
    if (!usable) {
      refused.push_back(fmt::format("{}: {}", entry.name, usable.error().message));
      continue;
    }
    if (tell && !refused.empty()) {
      program.Warn(fmt::format("the backend is {}, not {}", entry.name, Join(refused, "; ")));
    }
    return std::string(entry.name);
  }
  return Fail(ErrorKind::kUnavailable,
              "no backend can deploy all presets here: " + Join(refused, "; "));
}

}  // namespace

Result<std::string> ChooseBackend(Program& program, const std::string& wanted,
                                  const std::vector<Preset>& presets) {
  if (wanted == kAuto) return ChooseAmongAll(program, presets, true);
  if (!wanted.empty()) return wanted;
  const std::vector<std::string> named = NamedByAll(presets);
  if (named.size() == 1) return named.front();
  const auto variable = program.environment().find("CTESTBED_BACKEND");
  const std::string by_variable = variable == program.environment().end() ? "" : variable->second;
  if (by_variable == kAuto) return ChooseAmongAll(program, presets, true);
  if (!by_variable.empty()) return by_variable;
  const bool restricted =
      !named.empty() && std::find(named.begin(), named.end(), kDefault) == named.end();
  return restricted ? ChooseAmongAll(program, presets, false) : std::string(kDefault);
}

}  // namespace ctestbed

// ctestbed backends: which there are, and which can be used here.

#include <fmt/format.h>

#include "base/json.h"
#include "cli/command.h"

namespace ctestbed {
namespace {

constexpr Duration kCheckTakes{5'000};

Json Describe(const DriverEntry& entry, Driver& driver, TimePoint deadline) {
  const Availability availability = driver.Check(deadline);
  Json capabilities = Json::array();
  for (const Capability capability : driver.Capabilities()) {
    capabilities.push_back(CapabilityName(capability));
  }
  return {{"name", entry.name},
          {"available", availability.available},
          {"version", availability.version},
          {"reason", availability.reason},
          {"priority", entry.priority},
          {"capabilities", capabilities}};
}

ExitCode Main(Program& program) {
  Json backends = Json::array();
  for (const DriverEntry& entry : Drivers()) {
    const auto driver = program.driver(std::string(entry.name));
    if (!driver) return program.Complain(driver.error());
    backends.push_back(Describe(entry, **driver, program.clock().Now() + kCheckTakes));
  }
  if (program.json()) {
    program.PrintJson({{"backends", backends}});
    return ExitCode::kPassed;
  }
  for (const Json& backend : backends) {
    program.Print(fmt::format("{:<10} {:<12} {}\n", JsonText(backend, "name"),
                              JsonBoolean(backend, "available") ? "available" : "unavailable",
                              JsonText(backend, "reason")));
  }
  return ExitCode::kPassed;
}

}  // namespace

Body DefineBackends(CLI::App& app, Program& program) {
  AddJson(app, program);
  return [&program] { return Main(program); };
}

}  // namespace ctestbed

#include "cli/selection.h"

#include <fmt/format.h>

namespace ctestbed {
namespace {

std::string CheckSetting(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return "'" + text + "' is not of the form AXIS=VALUE";
  }
  return {};
}

}  // namespace

Cell ToCell(const std::vector<std::string>& settings) {
  Cell cell;
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    cell[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return cell;
}

Selection SelectionOptions::ToSelection() const {
  return {runs, suites, presets, ToCell(settings)};
}

void AddSettings(CLI::App& app, std::vector<std::string>& settings, const std::string& help) {
  AddList(app, "--set", settings, help, {.value = "AXIS=VALUE", .check = CheckSetting});
}

void AddSelectionOptions(CLI::App& app, SelectionOptions& options) {
  AddList(app, "--run", options.runs, "only the run of this name (SUITE@PRESET,AXIS=VALUE,...)");
  AddList(app, "--suite", options.suites, "only this suite; * and ? match; may be repeated");
  AddList(app, "--preset", options.presets, "only this preset; * and ? match; may be repeated");
  AddSettings(app, options.settings, "only cells with this value; may be repeated");
}

}  // namespace ctestbed

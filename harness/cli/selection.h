// Options that choose among the runs of a project.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "plan/plan.h"

namespace ctestbed {

struct SelectionOptions {
  std::vector<std::string> runs;
  std::vector<std::string> suites;
  std::vector<std::string> presets;
  std::vector<std::string> settings;  // AXIS=VALUE, checked when parsed

  Selection ToSelection() const;
};

void AddSelectionOptions(CLI::App& app, SelectionOptions& options);
// --set AXIS=VALUE, may be repeated.
void AddSettings(CLI::App& app, std::vector<std::string>& settings, const std::string& help);
Cell ToCell(const std::vector<std::string>& settings);

}  // namespace ctestbed

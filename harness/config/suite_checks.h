// What a suite says of presets, held against them.
#pragma once

#include <map>
#include <string>

#include "base/diagnostic.h"
#include "model/preset.h"
#include "model/suite.h"

namespace ctestbed {

// Presets by name; null where a preset has mistakes, so that nothing can be said of it.
using PresetsByName = std::map<std::string, const Preset*>;

// Reports presets, axes, values and services that do not exist, references of the suite's
// environment that are undefined, and matrices that leave no cell of a preset or make too many.
void CheckSuite(const Suite& suite, const PresetsByName& presets, Diagnostics& problems);

// Checks the `after` of `suites`, those that can be read: unknown names and circles. `all` are the
// names of all suites, readable or not.
void CheckOrder(const std::vector<const Suite*>& suites, const std::vector<std::string>& all,
                Diagnostics& problems);

}  // namespace ctestbed

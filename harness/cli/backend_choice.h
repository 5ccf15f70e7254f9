// Which backend deploys the presets of a project.
#pragma once

#include <string>
#include <vector>

#include "cli/program.h"

namespace ctestbed {

// `wanted`, else the one that all `presets` that name backends have in common, else
// $CTESTBED_BACKEND, else "process". Where that is "auto", or the presets leave a choice: of those
// that are available and can deploy each preset in its default cell, the one of the highest
// priority; who asks for "auto" is told which, and why no other. kUnavailable, with what is wrong
// with each backend, when there is none. A backend that is named is not checked.
Result<std::string> ChooseBackend(Program& program, const std::string& wanted,
                                  const std::vector<Preset>& presets);

}  // namespace ctestbed

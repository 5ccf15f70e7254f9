// What GitHub Actions learns of a session, when a command runs in one of its steps.
#pragma once

#include <string>
#include <vector>

#include "cli/program.h"

namespace ctestbed {

// Appends summary.md of `results` to $GITHUB_STEP_SUMMARY, if that is set. A failure is a warning.
void AppendStepSummary(Program& program, const std::string& results);
// Prints annotations, if $GITHUB_ACTIONS is "true".
void PrintAnnotations(Program& program, const std::vector<Event>& events);

}  // namespace ctestbed

// What commands learn from sessions, and know from earlier ones. It is advice: what goes wrong with
// it is a warning at most, but where a user asks for it.
#pragma once

#include <string>
#include <vector>

#include "cli/program.h"
#include "history/history.h"
#include "model/estimates.h"

namespace ctestbed {

// $CTESTBED_HISTORY, else in $XDG_STATE_HOME/ctestbed or ~/.local/state/ctestbed; absolute. Empty
// where CTESTBED_HISTORY is "off", and where there is no home.
std::string HistoryPath(Program& program);

// Which project samples are of: the name of the directory that holds the suites' one.
std::string ProjectName(const ProjectOptions& options);

// kNotFound where there is to be none. Tells the user of a broken file that was set aside.
Result<History> OpenHistory(Program& program);
// What is known of the project; nothing where there is no file yet, and none is made.
Result<std::vector<Sample>> ReadSamples(Program& program, const ProjectOptions& options);

// Remembers what the session of these events took. Twice is as good as once.
void Remember(Program& program, const ProjectOptions& options, const std::vector<Event>& events);
// For planning.
Estimates LoadEstimates(Program& program, const ProjectOptions& options,
                        const std::string& backend);

}  // namespace ctestbed

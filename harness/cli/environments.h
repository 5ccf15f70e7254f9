// Live environments of all sessions, for the commands that list, read or end them.
#pragma once

#include <string>
#include <vector>

#include "cli/program.h"
#include "cli/session.h"

namespace ctestbed {

struct LiveEnvironment {
  SessionHandle session;
  EnvironmentView view;
};

// Those of every live session; sessions without one are left out.
Result<std::vector<LiveEnvironment>> ListEnvironments(Program& program);
// The one of that id (of the environment or the session), or the only one when `id` is empty;
// kNotFound, or kInvalid with a list when there are several.
Result<LiveEnvironment> ChooseEnvironment(Program& program, const std::string& id);

// For people: a headline and a line per node with its endpoints.
std::string RenderEnvironment(const EnvironmentView& view);

// Prints why an environment could not be had.
ExitCode ComplainOfEnvironment(Program& program, const Error& error);

}  // namespace ctestbed

// Ready when a command inside the node exits with the expected code, 0 unless said otherwise. The
// command is an argv, never seen by a shell.
//
//   exec: [pg_isready, -q]
//   exec: {command: [redis-cli, ping], exit_code: 0}
#pragma once

#include <memory>

#include "base/fields.h"
#include "probe/probe.h"

namespace ctestbed {

extern const Inside kExecArguments;

std::unique_ptr<Probe> MakeExecProbe(const Document& arguments, Diagnostics& problems);

}  // namespace ctestbed

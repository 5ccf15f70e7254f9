// What happened when, in the Trace Event Format that Perfetto and chrome://tracing read: one thread
// for each environment, complete events ("X") for deploys, runs, cases and teardowns.
#pragma once

#include <string>
#include <vector>

#include "model/event.h"

namespace ctestbed {

// A JSON array, so that traces can be joined by their elements. Times are microseconds since the
// session began.
std::string RenderTrace(const std::vector<Event>& events);

}  // namespace ctestbed

// What a live environment looks like to tests: values for `${...}` and environment variables.
#pragma once

#include <map>
#include <string>

#include "model/suite.h"
#include "supervisor/protocol.h"

namespace ctestbed {

// See TestContext::values; also, for services that WebSockets reach: "services.S.ws",
// ws://host:port of its node's port "ws", else of the first one, and "services.S.wss" of its port
// "wss" or "https", if there is one. "peers.NODE.address", "peers.services.S.address" and so on are
// what nodes of the environment call each other. `id` is unique per run and attempt.
std::map<std::string, std::string> TestValues(const EnvironmentView& environment, const Run& run,
                                              const std::string& id);

// For programs, names in upper case with '_' for what is no letter or digit:
//   CTESTBED_SERVICE_<SERVICE>_URL, _ADDRESS, ...    each `services.SERVICE.X` of the values
//   CTESTBED_NODE_<NODE>_<PORT>_ADDRESS, _HOST, _PORT     of the first replica
//   CTESTBED_NODE_<NODE>_2_<PORT>_ADDRESS, _HOST, _PORT   of the others
//   CTESTBED_PRESET, CTESTBED_CELL ("store=redis"), CTESTBED_AXIS_<AXIS>, CTESTBED_RUN_ID,
//   CTESTBED_ENVIRONMENT
std::map<std::string, std::string> TestVariables(const EnvironmentView& environment, const Run& run,
                                                 const std::string& id);

}  // namespace ctestbed

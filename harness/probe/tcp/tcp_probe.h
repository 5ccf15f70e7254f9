// Ready when a TCP connection to the port is accepted. Takes no arguments: `tcp: true`, `tcp: {}`
// or `tcp:`.
#pragma once

#include <memory>

#include "probe/probe.h"

namespace ctestbed {

std::unique_ptr<Probe> MakeTcpProbe(const Document& arguments, Diagnostics& problems);

}  // namespace ctestbed

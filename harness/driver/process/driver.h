// Nodes as local processes: each under a shim (io/process.h), on leased loopback ports, marked by
// CTESTBED_OWNER, CTESTBED_ENVIRONMENT and CTESTBED_NODE in its environment.
#pragma once

#include "driver/registry.h"

namespace ctestbed {

std::unique_ptr<Driver> MakeProcessDriver(const DriverIo& io);

}  // namespace ctestbed

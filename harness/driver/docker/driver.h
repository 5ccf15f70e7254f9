// Nodes as containers, of any engine that speaks the Docker Engine API over a socket: hardened,
// published on loopback, labelled in the call that makes them, in a network per environment where
// they find each other by name. Variables that are about this machine stay out of them (wire.h).
#pragma once

#include "driver/registry.h"

namespace ctestbed {

std::unique_ptr<Driver> MakeDockerDriver(const DriverIo& io);
std::unique_ptr<Driver> MakePodmanDriver(const DriverIo& io);

}  // namespace ctestbed

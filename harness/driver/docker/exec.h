// Running a command inside a container.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "driver/docker/engine.h"
#include "driver/driver.h"

namespace ctestbed {

// With the container's user, environment and directory; the exit code and up to 1 MiB of what it
// printed, both streams in the order they came. kNotFound when the container is not running;
// kTimeout and kCancelled leave the command to itself, since engines have no call to end one.
Result<Driver::ExecResult> ExecInContainer(const Engine& engine, const std::string& container,
                                           const std::vector<std::string>& command,
                                           TimePoint deadline, std::stop_token stop);

}  // namespace ctestbed

// Every driver there is. One folder and one line of the table in registry.cpp make a new one.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "driver/driver.h"
#include "io/clock.h"
#include "io/file_system.h"
#include "io/http_client.h"
#include "io/port_pool.h"
#include "io/process.h"

namespace ctestbed {

// Services of the outside world that a driver may use; all outlive it.
struct DriverIo {
  Launcher& launcher;
  PortPool& ports;
  FileSystem& files;
  HttpClient& http;
  Clock& clock;
  const std::map<std::string, std::string>& environment;  // of this process: where engines are
};

struct DriverEntry {
  std::string_view name;
  std::string_view help;
  int priority;  // "auto" takes the available one of the highest; 0: never
  std::unique_ptr<Driver> (*make)(const DriverIo& io);
};

// Sorted by name.
std::span<const DriverEntry> Drivers();
const DriverEntry* FindDriver(std::string_view name);

}  // namespace ctestbed

// Finds the engine to work with.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "driver/docker/endpoint.h"
#include "driver/docker/engine.h"
#include "driver/driver.h"
#include "driver/registry.h"

namespace ctestbed {

// A kind of engine, as users know it.
struct EngineKind {
  std::string_view product;  // "Docker"
  EngineSearch search;
  std::string_view advice;  // how to get one
};

// Thread-safe.
class EngineConnection {
 public:
  EngineConnection(const DriverIo& io, const EngineKind& kind) : io_(io), kind_(kind) {}

  // The first engine that answers, looked for once; kUnavailable tells who was asked.
  Result<Engine> Get(TimePoint deadline);
  // Looks anew.
  Availability Check(TimePoint deadline);

 private:
  Result<Engine> Find(TimePoint deadline) const;

  const DriverIo io_;
  const EngineKind kind_;
  std::mutex mutex_;
  std::optional<Engine> engine_;
};

}  // namespace ctestbed

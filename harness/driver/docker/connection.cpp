#include "driver/docker/connection.h"

#include <fmt/format.h>

#include <algorithm>

namespace ctestbed {

Result<Engine> EngineConnection::Find(TimePoint deadline) const {
  TRY(const std::vector<EngineEndpoint> endpoints, kind_.search(io_.environment, io_.files));
  std::string asked;
  std::optional<Error> last;
  auto left = static_cast<int>(endpoints.size());
  for (const EngineEndpoint& endpoint : endpoints) {
    // Where nobody listens, it shows at once; one that has much to do may take its share.
    const TimePoint now = io_.clock.Now();
    const TimePoint until = now + std::max(deadline - now, TimePoint::duration::zero()) / left--;
    Result<Engine> engine = Engine::Connect(io_.http, io_.clock, endpoint, until);
    if (engine) return engine;
    last = engine.error();
    asked += (asked.empty() ? "" : "; ") + last->message;
  }
  return Fail(last->kind,
              fmt::format("no {} engine answers: {}: {}", kind_.product, asked, kind_.advice),
              last->detail);
}

Result<Engine> EngineConnection::Get(TimePoint deadline) {
  const std::lock_guard lock(mutex_);
  if (engine_) return *engine_;
  TRY(engine_, Find(deadline));
  return *engine_;
}

Availability EngineConnection::Check(TimePoint deadline) {
  const Result<Engine> engine = Find(deadline);
  const std::lock_guard lock(mutex_);
  if (!engine) {
    engine_.reset();
    return {false, "", engine.error().message};
  }
  engine_ = *engine;
  return {true, engine->version(), engine->Describe()};
}

}  // namespace ctestbed

#include "driver/docker/networks.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr int kAttempts = 5;

}  // namespace

Status Networks::Acquire(const Engine& engine, const std::vector<NetworkEnd>& ends,
                         const std::string& environment, const std::string& owner,
                         TimePoint deadline) {
  std::vector<NetworkEnd> acquired;
  for (const NetworkEnd& end : ends) {
    Status status;
    {
      const std::lock_guard lock(mutex_);
      if (users_[end.name] == 0) status = Make(engine, end, environment, owner, deadline);
      if (status) ++users_[end.name];
    }
    if (!status) {
      Release(engine, acquired, deadline);
      return status;
    }
    acquired.push_back(end);
  }
  return {};
}

Status Networks::Make(const Engine& engine, const NetworkEnd& end, const std::string& environment,
                      const std::string& owner, TimePoint deadline) {
  Result<Json> made;
  // Podman fails when an interface of another container goes while it looks at all of them.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    made = engine.Post("/networks/create", NetworkBody(end, environment, owner), deadline);
    if (made) return {};
    if (made.error().kind != ErrorKind::kInternal) break;
  }
  // After any error: is it there, and is it ours?
  const Result<Json> known = engine.Get("/networks/" + end.name, deadline);
  if (known) {
    const Json& labels = JsonMember(*known, "Labels");
    const bool is_ours = JsonText(labels, kEnvironmentLabel) == environment;
    if (is_ours && JsonText(labels, kOwnerLabel) == owner) return {};
    return Fail(ErrorKind::kConflict,
                fmt::format("network {} is there already and belongs to {}", Quote(end.name),
                            is_ours ? "another owner" : "another environment"));
  }
  Error error = made.error();
  error.message = fmt::format("cannot create network {}: {}", Quote(end.name), error.message);
  return tl::unexpected<Error>(std::move(error));
}

void Networks::Release(const Engine& engine, const std::vector<NetworkEnd>& ends,
                       TimePoint deadline) {
  const std::lock_guard lock(mutex_);
  for (const NetworkEnd& end : ends) {
    const auto found = users_.find(end.name);
    if (found == users_.end() || --found->second > 0) continue;
    users_.erase(found);
    // What still has something in it is found by its labels later.
    static_cast<void>(engine.Delete("/networks/" + end.name, deadline));
  }
}

void Networks::Forget(const std::string& name) {
  const std::lock_guard lock(mutex_);
  users_.erase(name);
}

}  // namespace ctestbed

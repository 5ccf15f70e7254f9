#include "driver/docker/containers.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr Duration kPause{50};  // between two attempts to remove a container

std::string PathOf(const std::string& container, std::string_view rest) {
  return fmt::format("/containers/{}{}", container, rest);
}

bool BelongsTo(const Json& inspect, const InstanceId& id) {
  const Json& labels = JsonMember(JsonMember(inspect, "Config"), "Labels");
  return JsonText(labels, kEnvironmentLabel) == id.environment;
}

// What an inspect call tells of our container: null when there is none.
Result<Json> InspectOurs(const Engine& engine, const InstanceId& id, TimePoint deadline) {
  Result<Json> inspect = engine.Get(PathOf(ContainerName(id), "/json"), deadline);
  if (!inspect && inspect.error().kind == ErrorKind::kNotFound) return Json();
  if (inspect && !BelongsTo(*inspect, id)) return Json();
  return inspect;
}

// After a failed start nothing of it may be left. Nobody else's container is in this state with
// these labels, since a name is created once.
void RemoveUnstarted(const Engine& engine, const InstanceSpec& spec, TimePoint deadline) {
  const Result<Json> inspect = InspectOurs(engine, spec.id, deadline);
  if (!inspect || inspect->is_null()) return;
  const Json& labels = JsonMember(JsonMember(*inspect, "Config"), "Labels");
  const InstanceState state = StatusFromInspect(*inspect).state;
  if (state == InstanceState::kRunning || JsonText(labels, kOwnerLabel) != spec.owner) return;
  static_cast<void>(engine.Delete(PathOf(JsonText(*inspect, "Id"), "?force=1&v=1"), deadline));
}

tl::unexpected<Error> Because(std::string_view what, Error error) {
  error.message = fmt::format("{}: {}", what, error.message);
  return tl::unexpected<Error>(std::move(error));
}

Result<std::string> Create(const Engine& engine, const InstanceSpec& spec,
                           const ContainerPlan& plan, TimePoint deadline, TimePoint cleanup) {
  const std::string name = ContainerName(spec.id);
  const Result<Json> created = engine.Post("/containers/create?name=" + name,
                                           CreateBody(spec, plan, engine.traits()), deadline);
  if (created) return JsonText(*created, "Id");
  const Result<Json> known = engine.Get(PathOf(name, "/json"), cleanup);
  const bool was_there = created.error().kind == ErrorKind::kConflict && known.has_value();
  if (was_there) {
    const bool is_ours = BelongsTo(*known, spec.id);
    return Fail(ErrorKind::kConflict,
                fmt::format("container {} is there already{}", Quote(name),
                            is_ours ? "" : ", and belongs to another environment"));
  }
  RemoveUnstarted(engine, spec, cleanup);
  return Because("cannot create its container", created.error());
}

Status ConnectAndStart(const Engine& engine, const InstanceSpec& spec, const std::string& container,
                       TimePoint deadline) {
  const std::vector<NetworkEnd> ends = NetworkEndsOf(spec);
  for (size_t i = 1; i < ends.size(); ++i) {
    const Status connected = engine.Do(fmt::format("/networks/{}/connect", ends[i].name),
                                       ConnectBody(container, ends[i]), deadline);
    if (!connected) return Because("cannot connect its container", connected.error());
  }
  const Status started = engine.Do(PathOf(container, "/start"), nullptr, deadline);
  if (started) return {};
  const Result<InstanceStatus> status = LookAtContainer(engine, spec.id, deadline);
  if (status && status->state == InstanceState::kRunning) return {};
  return Because("cannot start its container", started.error());
}

}  // namespace

Result<std::string> StartContainer(const Engine& engine, const InstanceSpec& spec,
                                   const ContainerPlan& plan, TimePoint deadline,
                                   TimePoint cleanup) {
  TRY(std::string container, Create(engine, spec, plan, deadline, cleanup));
  const Status started = ConnectAndStart(engine, spec, container, deadline);
  if (started) return container;
  static_cast<void>(engine.Delete(PathOf(container, "?force=1&v=1"), cleanup));
  return tl::unexpected<Error>(started.error());
}

Result<InstanceStatus> LookAtContainer(const Engine& engine, const InstanceId& id,
                                       TimePoint deadline) {
  TRY(const Json inspect, InspectOurs(engine, id, deadline));
  return inspect.is_null() ? InstanceStatus() : StatusFromInspect(inspect);
}

Result<std::string> AddressOfContainer(const Engine& engine, const InstanceId& id,
                                       TimePoint deadline) {
  TRY(const Json inspect, InspectOurs(engine, id, deadline));
  return AddressFromInspect(inspect);
}

Status AwaitContainer(const Engine& engine, const InstanceId& id, TimePoint deadline,
                      std::stop_token stop) {
  const HttpSink nothing = [](std::string_view) { return true; };
  return engine.Stream("POST", PathOf(ContainerName(id), "/wait?condition=not-running"), nullptr,
                       nothing, deadline, std::move(stop));
}

Result<bool> AskToStop(const Engine& engine, const InstanceId& id, TimePoint deadline) {
  TRY(const Json inspect, InspectOurs(engine, id, deadline));
  if (StatusFromInspect(inspect).state != InstanceState::kRunning) return false;
  const std::string container = JsonText(inspect, "Id");
  if (JsonText(JsonMember(inspect, "State"), "Status") == "paused") {
    static_cast<void>(engine.Do(PathOf(container, "/unpause"), nullptr, deadline));
  }
  // Whether it was heard shows in whether the container ends.
  static_cast<void>(engine.Do(PathOf(container, "/kill?signal=" + StopSignalFromInspect(inspect)),
                              nullptr, deadline));
  return true;
}

void KillContainer(const Engine& engine, const InstanceId& id, TimePoint deadline) {
  static_cast<void>(
      engine.Do(PathOf(ContainerName(id), "/kill?signal=SIGKILL"), nullptr, deadline));
}

Status RemoveContainer(const Engine& engine, Clock& clock, const InstanceId& id,
                       TimePoint deadline) {
  for (;;) {
    TRY(const Json inspect, InspectOurs(engine, id, deadline));
    if (inspect.is_null()) return {};
    const std::string path = PathOf(JsonText(inspect, "Id"), "?force=1&v=1");
    const Status removed = engine.Delete(path, deadline);
    if (removed || removed.error().kind == ErrorKind::kNotFound) return {};
    if (clock.Now() >= deadline) return Because("cannot remove its container", removed.error());
    clock.SleepUntil(clock.Now() + kPause, {});
  }
}

}  // namespace ctestbed

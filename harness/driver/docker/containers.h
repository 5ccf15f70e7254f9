// The life of one container of ours on an engine, called by the instance that it is.
#pragma once

#include <stop_token>
#include <string>

#include "driver/docker/engine.h"
#include "driver/docker/wire.h"
#include "driver/driver.h"
#include "io/clock.h"

namespace ctestbed {

// Creates and starts; its networks are there. The id of the container; after a failure there is
// none, for which time until `cleanup` may be used. kConflict when the name or a port is taken.
Result<std::string> StartContainer(const Engine& engine, const InstanceSpec& spec,
                                   const ContainerPlan& plan, TimePoint deadline,
                                   TimePoint cleanup);

// How it is; kGone for what is absent or was never started, or bears the name but belongs to
// another environment. An error when the engine does not answer.
Result<InstanceStatus> LookAtContainer(const Engine& engine, const InstanceId& id,
                                       TimePoint deadline);

// Its address in one of its networks; empty while it has none.
Result<std::string> AddressOfContainer(const Engine& engine, const InstanceId& id,
                                       TimePoint deadline);

// Returns when it no longer runs, or the engine ends the wait for a reason of its own; look then.
Status AwaitContainer(const Engine& engine, const InstanceId& id, TimePoint deadline,
                      std::stop_token stop);

// Sends the signal that its image names for this, else SIGTERM; false when it does not run.
Result<bool> AskToStop(const Engine& engine, const InstanceId& id, TimePoint deadline);
// Sends SIGKILL; what does not run is left alone.
void KillContainer(const Engine& engine, const InstanceId& id, TimePoint deadline);
// By force; returns when it is gone. kTimeout when it is not by `deadline`.
Status RemoveContainer(const Engine& engine, Clock& clock, const InstanceId& id,
                       TimePoint deadline);

}  // namespace ctestbed

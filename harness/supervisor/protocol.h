// The control protocol: one JSON object per line over the session's unix socket.
//
//   request   {"verb": VERB, ...}
//   answer    {"ok": true, ...}  or  {"ok": false, "error": {kind, message, detail, node}}
//
// One answer per request, in order. A connection that ends gives back what it holds.
//
//   ping                                  -> session, pid, version, out
//   emit     event                        -> nothing; appends to the event stream
//   events   from                         -> a line {"event": ...} for each event after the first
//                                            `from`, those to come included; {"end": true} last
//   acquire  demand, retry, hold          -> environment; waits; the connection then has a lease
//   release  used, dirty                  -> nothing
//   keep                                  -> environment of the lease
//   check    environment                  -> broken, if a node has died
//   secrets  environment                  -> values by name, in clear
//   unhold   lane, key                    -> nothing
//   watch    environment                  -> broken; waits until a node dies
//   status                                -> environments, one for each lane in use
//   finish   reason                       -> leftovers; tears everything down, ends the session
#pragma once

#include <optional>
#include <string>

#include "base/json_fwd.h"
#include "base/result.h"
#include "supervisor/broker.h"

namespace ctestbed {

inline constexpr int kProtocolVersion = 3;

// What clients learn of a live environment.
struct EnvironmentView {
  std::string id;
  std::string preset;
  Cell cell;
  std::string backend;
  std::string state;
  int version = 0;
  std::string since;
  int owner_pid = 0;
  std::vector<NodeView> nodes;

  bool operator==(const EnvironmentView&) const = default;
};

Json ToJson(const Error& error);
Error ErrorFromJson(const Json& json);
Json ToJson(const Demand& demand);
Result<Demand> DemandFromJson(const Json& json);
Json ToJson(const EnvironmentView& view);
EnvironmentView EnvironmentViewFromJson(const Json& json);
Json ToJson(const Breakage& breakage);
std::optional<Breakage> BreakageFromJson(const Json& json);

}  // namespace ctestbed

// Between the model and the JSON of the Engine API, both ways. Pure.
// Source: https://docs.docker.com/reference/api/engine/version/v1.41/ (ContainerCreate,
// ContainerInspect, NetworkCreate, filters); docs/podman: its compatible API.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "driver/driver.h"

namespace ctestbed {

inline constexpr std::string_view kOwnerLabel = "ctestbed.owner";
inline constexpr std::string_view kEnvironmentLabel = "ctestbed.environment";
inline constexpr std::string_view kNodeLabel = "ctestbed.node";
inline constexpr std::string_view kReplicaLabel = "ctestbed.replica";  // from 1 on

// In what engines of one API differ.
struct EngineTraits {
  std::string product;         // "Docker", "Podman"
  std::string image_prefix;    // of images that were loaded or built here, where it is not shown
  bool needs_ulimits = false;  // its own default limits may be above what the machine allows
  // Stamps of its logs are whole seconds, and who follows a log misses lines that come fast.
  bool coarse_logs = false;
  bool chooses_log_driver = false;  // a log driver can be asked for by name

  bool operator==(const EngineTraits&) const = default;
};
// By the "Server" header of an answer: "Docker/20.10.24 (linux)", "Libpod/4.3.1 (linux)".
EngineTraits TraitsOf(std::string_view server);

// ctestbed-ENV8-NODE-REPLICA, replicas counted from 1. Names and ids of ours are names of an
// engine; other bytes become '-'.
std::string ContainerName(const InstanceId& id);
// ctestbed-ENV8 for the network that all nodes of an environment share unless they name their own,
// and ctestbed-ENV8-NAME for one of those.
std::string NetworkName(const std::string& environment, const std::string& network);

// Where a container finds `mount`: its target, or a place of ours where it has none.
std::string MountPath(const InstanceMount& mount);

// `environment` without those variables about this machine (PATH, HOME, TMPDIR and the like) that a
// node has from it and not from its preset: inside a container they would name what is not there,
// and hide what the image says. `machine` is the environment of this process; a PATH is taken for
// its own also with directories put before it.
std::map<std::string, std::string> WithoutThoseOfTheMachine(
    std::map<std::string, std::string> environment,
    const std::map<std::string, std::string>& machine);

// One end of a container in a network.
struct NetworkEnd {
  std::string name;     // on the engine
  std::string network;  // of the topology; empty: that of the environment
  bool internal = false;
  bool only_for_ports = false;  // carries the published ports alone: no way out, and no peers
  std::vector<std::string> aliases;

  bool operator==(const NetworkEnd&) const = default;
};
// Networks that the container of `spec` is in. One that publishes ports and is in internal networks
// alone gets another, since engines publish nothing there.
std::vector<NetworkEnd> NetworkEndsOf(const InstanceSpec& spec);

// What a container is made of, apart from its spec.
struct ContainerPlan {
  std::string image;                // as this engine calls it
  std::map<std::string, int> host;  // port of the host by name of the node's port
  std::string seccomp;              // text of the profile that the spec names by a path
  std::string user = {};            // that the image says; empty: none
};
// The body of a create call: hardened unless the spec opts out, on loopback, in the first of its
// networks, labelled, with the name that peers call it by as its host's name. It runs as who the
// spec names, else as the image's user, else (and where that is root) as one of ours.
Json CreateBody(const InstanceSpec& spec, const ContainerPlan& plan, const EngineTraits& traits);
Json ConnectBody(const std::string& container, const NetworkEnd& end);
Json NetworkBody(const NetworkEnd& end, const std::string& environment, const std::string& owner);

// An image that is on the engine.
struct ImageFacts {
  std::string name;  // as this engine calls it
  std::string id;    // digest of its content: "sha256:..."
  std::string user;  // that its containers run as if nobody says another; empty: root
};
// What an inspect answer says of it.
ImageFacts ImageFromInspect(const std::string& name, const Json& inspect);

// The port that the container itself listens on; that of the host where the preset names none.
int ContainerPort(const Port& port, int host);

// What an inspect answer says. A container that was never started is as good as gone.
InstanceStatus StatusFromInspect(const Json& inspect);
// The signal that asks it to end.
// In the first of its networks that it has one in; else empty.
std::string AddressFromInspect(const Json& inspect);
std::string StopSignalFromInspect(const Json& inspect);

// "?all=1&filters=..." for things that bear every one of `labels`; one without value stands for
// any.
std::string LabelQuery(const std::vector<std::pair<std::string_view, std::string>>& labels);

}  // namespace ctestbed

#include "driver/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/process.h"

namespace ctestbed {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 17> kCapabilityNames{"command-nodes",
                                                            "image-nodes",
                                                            "exec",
                                                            "replicas",
                                                            "build",
                                                            "networks",
                                                            "read-only-mounts",
                                                            "user",
                                                            "drop-caps",
                                                            "seccomp",
                                                            "no-new-privileges",
                                                            "read-only-root",
                                                            "privileged",
                                                            "service-account-token",
                                                            "memory-limit",
                                                            "cpu-limit",
                                                            "pids-limit"};

// What a node may ask for, by which key, and what a driver needs for it.
struct Demand {
  Capability capability;
  std::string_view key;
  bool (*is_made)(const Node& node);
};

constexpr std::array<Demand, 13> kDemands{{
    {Capability::kBuild, "run.build",
     [](const Node& node) { return node.container.build.has_value(); }},
    {Capability::kNetworks, "networks",
     [](const Node& node) { return node.container.networks.has_value(); }},
    {Capability::kReadOnlyMounts, "read_only mounts",
     [](const Node& node) {
       return std::any_of(node.mounts.begin(), node.mounts.end(),
                          [](const auto& mount) { return mount.second.read_only; });
     }},
    {Capability::kUser, "security.user",
     [](const Node& node) { return node.container.security.user.has_value(); }},
    {Capability::kDropCaps, "security.drop_caps",
     [](const Node& node) {
       const auto& caps = node.container.security.drop_caps;
       return caps && !caps->empty();
     }},
    {Capability::kSeccomp, "security.seccomp",
     [](const Node& node) {
       return node.container.security.seccomp.value_or("unconfined") != "unconfined";
     }},
    {Capability::kNoNewPrivileges, "security.no_new_privileges",
     [](const Node& node) { return node.container.security.no_new_privileges.value_or(false); }},
    {Capability::kReadOnlyRoot, "security.read_only",
     [](const Node& node) { return node.container.security.read_only.value_or(false); }},
    {Capability::kPrivileged, "security.privileged",
     [](const Node& node) { return node.container.security.privileged.value_or(false); }},
    {Capability::kServiceAccountToken, "security.service_account_token",
     [](const Node& node) {
       return node.container.security.service_account_token.value_or(false);
     }},
    {Capability::kMemoryLimit, "resources.memory",
     [](const Node& node) { return node.container.resources.memory.has_value(); }},
    {Capability::kCpuLimit, "resources.cpus",
     [](const Node& node) { return node.container.resources.cpus.has_value(); }},
    {Capability::kPidsLimit, "resources.pids",
     [](const Node& node) { return node.container.resources.pids.has_value(); }},
}};

Status Unsupported(const Node& node, std::string_view what) {
  Error error{ErrorKind::kUnsupported, fmt::format("node '{}' {}", node.name, what), {}, node.name};
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace

std::string InstanceId::Name() const {
  return replica == 0 ? node : node + "." + std::to_string(replica + 1);
}

std::vector<std::string> InstanceSpec::Words() const {
  std::vector<std::string> words = command;
  words.insert(words.end(), args.begin(), args.end());
  return words;
}

std::string InstanceStatus::Describe() const {
  switch (state) {
    case InstanceState::kRunning:
      return "is running";
    case InstanceState::kExited:
      return ProcessEnd{exit_code, signal}.Describe();
    case InstanceState::kGone:
      break;
  }
  return out_of_reach.empty() ? "is gone" : "is out of reach: " + out_of_reach;
}

Result<std::string> Driver::PrepareImage(const std::string&, const ContainerSpec&, TimePoint) {
  return std::string();
}

std::string_view CapabilityName(Capability capability) {
  return kCapabilityNames.at(static_cast<size_t>(capability));
}

Status CheckBackend(const Topology& topology, std::string_view preset, std::string_view backend) {
  const std::vector<std::string>& named = topology.backends;
  if (named.empty() || std::find(named.begin(), named.end(), backend) != named.end()) return {};
  return Fail(ErrorKind::kUnavailable,
              fmt::format("preset '{}' can be deployed on {} alone, and the backend is '{}'",
                          preset, fmt::join(named, " or "), backend));
}

Status CheckSupported(const Topology& topology, const std::vector<Capability>& capabilities) {
  const auto can = [&](Capability capability) {
    return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
  };
  for (const Node& node : topology.nodes) {
    const bool as_command = !node.command.empty() && can(Capability::kCommandNodes);
    const bool as_image =
        (!node.image.empty() || node.container.build) && can(Capability::kImageNodes);
    if (!as_command && !as_image) {
      return Unsupported(node, node.command.empty() ? "lacks run.command, and this backend runs no "
                                                      "images"
                                                    : "lacks run.image, and this backend runs no "
                                                      "commands");
    }
    for (const Demand& demand : kDemands) {
      // Who has a command to start can do without an image.
      if (as_command && demand.capability == Capability::kBuild) continue;
      if (!demand.is_made(node) || can(demand.capability)) continue;
      return Unsupported(node,
                         fmt::format("asks for {}, which this backend cannot do", demand.key));
    }
  }
  return {};
}

}  // namespace ctestbed

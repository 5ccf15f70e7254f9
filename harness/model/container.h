// What a node may ask of a backend beyond starting its program. A driver says by its capabilities
// which of it it can do; the rest is refused (driver/requirements.h), never left out in silence.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"

namespace ctestbed {

// An image that is made before it is started.
struct Build {
  std::string context;  // directory, absolute
  std::string file;     // in the context; empty: the engine's default
  std::map<std::string, std::string> args;

  bool operator==(const Build&) const = default;
};

// Whether the engine that runs an image fetches it from its registry first.
enum class PullPolicy { kMissing, kNever, kAlways };
inline constexpr std::array<std::string_view, 3> kPullPolicies{"missing", "never", "always"};
std::string_view PullPolicyName(PullPolicy policy);

struct NetworkUse {
  std::string name;                  // of Topology::networks
  std::vector<std::string> aliases;  // further names of the node there

  bool operator==(const NetworkUse&) const = default;
};

// Absent members are left to the backend.
struct Security {
  std::optional<std::string> user;                    // "1000", "1000:1000" or a name
  std::optional<std::vector<std::string>> drop_caps;  // "ALL", "NET_RAW"
  std::optional<std::string> seccomp;                 // "default", "unconfined" or a profile's path
  std::optional<bool> no_new_privileges;
  std::optional<bool> read_only;  // of the root file system
  std::optional<bool> privileged;
  std::optional<bool> service_account_token;

  bool operator==(const Security&) const = default;
};

// In what a container of a node with `security` is less hardened than others, by its own will.
std::vector<std::string> OptOutsOf(const Security& security);

// Limits of each replica; absent members are unlimited.
struct Resources {
  std::optional<std::int64_t> memory;  // bytes
  std::optional<int> cpus;             // thousandths of a processor
  std::optional<int> pids;

  bool operator==(const Resources&) const = default;
};

// As they are written: "512MiB" (or KiB, GiB, or none of these), "0.5". Nothing for anything else,
// zero included.
std::optional<std::int64_t> ParseBytes(std::string_view text);
std::optional<int> ParseProcessors(std::string_view text);

struct ContainerSpec {
  std::optional<Build> build;      // where there is one, the image is what it makes
  std::optional<PullPolicy> pull;  // default: kMissing
  std::optional<std::vector<NetworkUse>> networks;
  Security security;
  Resources resources;
  std::map<std::string, std::string> labels;

  bool operator==(const ContainerSpec&) const = default;
};

// What `change` says wins; maps merge by key, lists and scalars replace.
void MergeInto(ContainerSpec& spec, const ContainerSpec& change);

Json ToJson(const ContainerSpec& spec);
ContainerSpec ContainerSpecFromJson(const Json& json);

}  // namespace ctestbed

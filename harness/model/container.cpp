#include "model/container.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>

#include "base/json.h"
#include "model/wire.h"

namespace ctestbed {
namespace {

template <typename T>
void Replace(std::optional<T>& into, const std::optional<T>& from) {
  if (from) into = from;
}

template <typename T>
void Put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

// A member of another type counts as absent.
void Take(const Json& json, const char* key, std::optional<std::string>& into) {
  if (JsonMember(json, key).is_string()) into = JsonText(json, key);
}

void Take(const Json& json, const char* key, std::optional<bool>& into) {
  if (JsonMember(json, key).is_boolean()) into = JsonBoolean(json, key);
}

void Take(const Json& json, const char* key, std::optional<std::vector<std::string>>& into) {
  if (const Json& list = JsonMember(json, key); list.is_array()) into = TextsFromJson(list);
}

template <std::integral T>
void Take(const Json& json, const char* key, std::optional<T>& into) {
  if (const Json& number = JsonMember(json, key); number.is_number_integer())
    into = number.get<T>();
}

Json ToJson(const Security& security) {
  Json json = Json::object();
  Put(json, "user", security.user);
  Put(json, "drop_caps", security.drop_caps);
  Put(json, "seccomp", security.seccomp);
  Put(json, "no_new_privileges", security.no_new_privileges);
  Put(json, "read_only", security.read_only);
  Put(json, "privileged", security.privileged);
  Put(json, "service_account_token", security.service_account_token);
  return json;
}

Security SecurityFromJson(const Json& json) {
  Security security;
  Take(json, "user", security.user);
  Take(json, "drop_caps", security.drop_caps);
  Take(json, "seccomp", security.seccomp);
  Take(json, "no_new_privileges", security.no_new_privileges);
  Take(json, "read_only", security.read_only);
  Take(json, "privileged", security.privileged);
  Take(json, "service_account_token", security.service_account_token);
  return security;
}

Json ToJson(const Resources& resources) {
  Json json = Json::object();
  Put(json, "memory", resources.memory);
  Put(json, "cpus_m", resources.cpus);
  Put(json, "pids", resources.pids);
  return json;
}

Resources ResourcesFromJson(const Json& json) {
  Resources resources;
  Take(json, "memory", resources.memory);
  Take(json, "cpus_m", resources.cpus);
  Take(json, "pids", resources.pids);
  return resources;
}

Json ToJson(const std::vector<NetworkUse>& networks) {
  Json json = Json::array();
  for (const NetworkUse& use : networks) {
    json.push_back({{"name", use.name}, {"aliases", use.aliases}});
  }
  return json;
}

std::vector<NetworkUse> NetworksFromJson(const Json& json) {
  std::vector<NetworkUse> networks;
  for (const Json& use : json) {
    networks.push_back({JsonText(use, "name"), TextsFromJson(JsonMember(use, "aliases"))});
  }
  return networks;
}

}  // namespace

std::vector<std::string> OptOutsOf(const Security& security) {
  std::vector<std::string> opt_outs;
  if (security.privileged.value_or(false)) opt_outs.emplace_back("privileged");
  const std::string user = security.user.value_or("1");
  const std::string name = user.substr(0, user.find(':'));
  if (name == "root" || name.find_first_not_of('0') == std::string::npos) {
    opt_outs.emplace_back("runs as root");
  }
  if (!security.read_only.value_or(true)) opt_outs.emplace_back("writable root");
  if (!security.no_new_privileges.value_or(true)) opt_outs.emplace_back("new privileges");
  if (security.seccomp == "unconfined") opt_outs.emplace_back("no seccomp profile");
  if (security.drop_caps) {
    const auto& caps = *security.drop_caps;
    if (std::find(caps.begin(), caps.end(), "ALL") == caps.end()) {
      opt_outs.emplace_back("keeps capabilities");
    }
  }
  return opt_outs;
}

std::string_view PullPolicyName(PullPolicy policy) {
  return kPullPolicies.at(static_cast<size_t>(policy));
}

void MergeInto(ContainerSpec& spec, const ContainerSpec& change) {
  Replace(spec.build, change.build);
  Replace(spec.pull, change.pull);
  Replace(spec.networks, change.networks);
  Replace(spec.security.user, change.security.user);
  Replace(spec.security.drop_caps, change.security.drop_caps);
  Replace(spec.security.seccomp, change.security.seccomp);
  Replace(spec.security.no_new_privileges, change.security.no_new_privileges);
  Replace(spec.security.read_only, change.security.read_only);
  Replace(spec.security.privileged, change.security.privileged);
  Replace(spec.security.service_account_token, change.security.service_account_token);
  Replace(spec.resources.memory, change.resources.memory);
  Replace(spec.resources.cpus, change.resources.cpus);
  Replace(spec.resources.pids, change.resources.pids);
  for (const auto& [name, value] : change.labels) spec.labels.insert_or_assign(name, value);
}

Json ToJson(const ContainerSpec& spec) {
  Json json{{"security", ToJson(spec.security)},
            {"resources", ToJson(spec.resources)},
            {"labels", spec.labels}};
  if (spec.build) {
    json["build"] = {
        {"context", spec.build->context}, {"file", spec.build->file}, {"args", spec.build->args}};
  }
  if (spec.pull) json["pull"] = PullPolicyName(*spec.pull);
  if (spec.networks) json["networks"] = ToJson(*spec.networks);
  return json;
}

ContainerSpec ContainerSpecFromJson(const Json& json) {
  ContainerSpec spec;
  spec.security = SecurityFromJson(JsonMember(json, "security"));
  spec.resources = ResourcesFromJson(JsonMember(json, "resources"));
  spec.labels = TextMapFromJson(JsonMember(json, "labels"));
  if (const Json& build = JsonMember(json, "build"); build.is_object()) {
    spec.build = Build{JsonText(build, "context"), JsonText(build, "file"),
                       TextMapFromJson(JsonMember(build, "args"))};
  }
  const auto* const pull =
      std::find(kPullPolicies.begin(), kPullPolicies.end(), JsonText(json, "pull"));
  if (pull != kPullPolicies.end()) {
    spec.pull = static_cast<PullPolicy>(pull - kPullPolicies.begin());
  }
  if (const Json& networks = JsonMember(json, "networks"); networks.is_array()) {
    spec.networks = NetworksFromJson(networks);
  }
  return spec;
}

// At most three digits behind the point.
std::optional<int> ParseProcessors(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string digits(point == std::string_view::npos ? "" : text.substr(point + 1));
  if (whole.empty() || digits.size() > 3 || (point != std::string_view::npos && digits.empty())) {
    return std::nullopt;
  }
  digits.resize(3, '0');
  digits.insert(0, whole);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number <= 0) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::int64_t> ParseBytes(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t bytes;
  };
  static constexpr std::array<Unit, 4> kUnits{
      {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr std::int64_t kMost = 1 << 20;  // of any unit
  if (error != std::errc() || number <= 0) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    if (unit.name == rest && (unit.bytes == 1 || number <= kMost)) return number * unit.bytes;
  }
  return std::nullopt;
}

}  // namespace ctestbed

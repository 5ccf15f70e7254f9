#include "driver/docker/wire.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/percent.h"

namespace ctestbed {
namespace {

constexpr std::string_view kPrefix = "ctestbed-";
constexpr std::string_view kUser = "10001:10001";
constexpr std::string_view kTmp = "rw,noexec,nosuid,nodev,size=64m,mode=1777";
constexpr int kPids = 256;
constexpr std::int64_t kNanosecondsPerThousandth = 1'000'000;
constexpr int kOpenFiles = 1024;
constexpr size_t kLongestHostName = 63;  // bytes, gethostname(2) without its end

std::string Safe(std::string_view text) {
  std::string safe(text);
  for (char& c : safe) {
    const bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '_' || c == '.' || c == '-';
    if (!good) c = '-';
  }
  return safe;
}

std::string EnvironmentPart(const std::string& environment) {
  constexpr size_t kShown = 8;
  return std::string(kPrefix) + Safe(environment.substr(0, kShown));
}

// An image that names no user, or root, gets one of ours.
std::string UserOf(const InstanceSpec& spec, const std::string& of_image) {
  if (spec.container.security.user) return *spec.container.security.user;
  const std::string name = of_image.substr(0, of_image.find(':'));
  const bool is_root = name == "root" || name.find_first_not_of('0') == std::string::npos;
  return is_root ? std::string(kUser) : of_image;
}

Json SecurityOptions(const Security& security, const std::string& profile) {
  Json options = Json::array();
  if (security.no_new_privileges.value_or(true)) options.push_back("no-new-privileges:true");
  const std::string seccomp = security.seccomp.value_or("default");
  if (seccomp == "unconfined") {
    options.push_back("seccomp=unconfined");
  } else if (seccomp != "default") {
    options.push_back("seccomp=" + profile);
  }
  return options;
}

void PutSecurity(Json& host, const InstanceSpec& spec, const ContainerPlan& plan) {
  const Security& security = spec.container.security;
  if (security.privileged.value_or(false)) {
    host["Privileged"] = true;
  } else {
    host["CapDrop"] = security.drop_caps.value_or(std::vector<std::string>{"ALL"});
    host["SecurityOpt"] = SecurityOptions(security, plan.seccomp);
  }
  if (!security.read_only.value_or(true)) return;
  host["ReadonlyRootfs"] = true;
  const bool has_own = std::any_of(spec.mounts.begin(), spec.mounts.end(),
                                   [](const auto& mount) { return MountPath(mount) == "/tmp"; });
  if (!has_own) host["Tmpfs"] = {{"/tmp", kTmp}};
}

void PutLimits(Json& host, const Resources& resources, const EngineTraits& traits) {
  host["PidsLimit"] = resources.pids.value_or(kPids);
  if (resources.memory) {
    host["Memory"] = *resources.memory;
    host["MemorySwap"] = *resources.memory;  // of both together: no swap
  }
  if (resources.cpus) host["NanoCpus"] = *resources.cpus * kNanosecondsPerThousandth;
  if (!traits.needs_ulimits) return;
  host["Ulimits"] = Json::array();
  for (const char* name : {"nofile", "nproc"}) {
    host["Ulimits"].push_back({{"Name", name}, {"Soft", kOpenFiles}, {"Hard", kOpenFiles}});
  }
}

Json MountsOf(const InstanceSpec& spec) {
  Json mounts = Json::array();
  for (const InstanceMount& mount : spec.mounts) {
    mounts.push_back({{"Type", "bind"},
                      {"Source", mount.source},
                      {"Target", MountPath(mount)},
                      {"ReadOnly", mount.read_only}});
  }
  return mounts;
}

void PutPorts(Json& body, const InstanceSpec& spec, const ContainerPlan& plan) {
  for (const Port& port : spec.ports) {
    const auto host = plan.host.find(port.name);
    if (host == plan.host.end()) continue;
    const std::string name = fmt::format("{}/tcp", ContainerPort(port, host->second));
    body["ExposedPorts"][name] = Json::object();
    body["HostConfig"]["PortBindings"][name].push_back(
        {{"HostIp", "127.0.0.1"}, {"HostPort", std::to_string(host->second)}});
  }
}

Json LabelsOf(const std::string& environment, const std::string& owner) {
  return {{std::string(kEnvironmentLabel), environment}, {std::string(kOwnerLabel), owner}};
}

Json HostConfig(const InstanceSpec& spec, const ContainerPlan& plan, const EngineTraits& traits) {
  Json host{{"Init", false}, {"RestartPolicy", {{"Name", "no"}}}, {"Mounts", MountsOf(spec)}};
  if (traits.chooses_log_driver) {
    host["LogConfig"] = {{"Type", "json-file"},
                         {"Config", {{"max-size", "64m"}, {"max-file", "2"}}}};
  }
  PutSecurity(host, spec, plan);
  PutLimits(host, spec.container.resources, traits);
  return host;
}

}  // namespace

EngineTraits TraitsOf(std::string_view server) {
  if (server.starts_with("Libpod/")) return {"Podman", "localhost/", true, true, false};
  return {"Docker", "", false, false, true};
}

std::string ContainerName(const InstanceId& id) {
  return fmt::format("{}-{}-{}", EnvironmentPart(id.environment), Safe(id.node), id.replica + 1);
}

std::string NetworkName(const std::string& environment, const std::string& network) {
  const std::string common = EnvironmentPart(environment);
  return network.empty() ? common : common + "-" + Safe(network);
}

std::string MountPath(const InstanceMount& mount) {
  return mount.target.empty() ? "/mnt/ctestbed/" + mount.name : mount.target;
}

std::map<std::string, std::string> WithoutThoseOfTheMachine(
    std::map<std::string, std::string> environment,
    const std::map<std::string, std::string>& machine) {
  for (const char* name : {"PATH", "HOME", "USER", "LOGNAME", "LD_LIBRARY_PATH", "TMPDIR"}) {
    const auto own = machine.find(name);
    const auto given = environment.find(name);
    if (own == machine.end() || given == environment.end()) continue;
    const bool is_longer_path = name == std::string_view("PATH") && !own->second.empty() &&
                                given->second.ends_with(":" + own->second);
    if (given->second == own->second || is_longer_path) environment.erase(given);
  }
  return environment;
}

std::vector<NetworkEnd> NetworkEndsOf(const InstanceSpec& spec) {
  const std::string& environment = spec.id.environment;
  const std::string alias = spec.id.Name();
  const auto& uses = spec.container.networks;
  if (!uses) return {{NetworkName(environment, ""), "", false, false, {alias}}};
  std::vector<NetworkEnd> ends;
  for (const NetworkUse& use : *uses) {
    const auto network = spec.networks.find(use.name);
    NetworkEnd end{NetworkName(environment, use.name),
                   use.name,
                   network != spec.networks.end() && network->second.internal,
                   false,
                   {alias}};
    end.aliases.insert(end.aliases.end(), use.aliases.begin(), use.aliases.end());
    ends.push_back(std::move(end));
  }
  const bool cut_off =
      std::all_of(ends.begin(), ends.end(), [](const NetworkEnd& end) { return end.internal; });
  if (cut_off && !spec.ports.empty()) {
    // No node or network can have a name with a dot in front.
    ends.push_back({NetworkName(environment, ".ports"), ".ports", false, true, {}});
  }
  return ends;
}

Json CreateBody(const InstanceSpec& spec, const ContainerPlan& plan, const EngineTraits& traits) {
  Json body{{"Image", plan.image},
            {"User", UserOf(spec, plan.user)},
            {"HostConfig", HostConfig(spec, plan, traits)},
            {"Env", Json::array()},
            {"Labels", Json::object()}};
  if (spec.id.Name().size() <= kLongestHostName) body["Hostname"] = spec.id.Name();
  if (!spec.command.empty()) body["Entrypoint"] = spec.command;
  if (!spec.args.empty()) body["Cmd"] = spec.args;
  if (!spec.working_directory.empty()) body["WorkingDir"] = spec.working_directory;
  for (const auto& [name, value] : spec.environment) body["Env"].push_back(name + "=" + value);
  for (const auto& [name, value] : spec.container.labels) body["Labels"][name] = value;
  body["Labels"].update(LabelsOf(spec.id.environment, spec.owner));
  body["Labels"][std::string(kNodeLabel)] = spec.id.node;
  body["Labels"][std::string(kReplicaLabel)] = std::to_string(spec.id.replica + 1);
  PutPorts(body, spec, plan);
  const std::vector<NetworkEnd> ends = NetworkEndsOf(spec);
  if (ends.empty()) {
    body["HostConfig"]["NetworkMode"] = "none";
    return body;
  }
  // Engines before API 1.44 take one network here; ConnectBody() is for the others.
  body["HostConfig"]["NetworkMode"] = ends.front().name;
  body["NetworkingConfig"]["EndpointsConfig"][ends.front().name] = {
      {"Aliases", ends.front().aliases}};
  return body;
}

Json ConnectBody(const std::string& container, const NetworkEnd& end) {
  return {{"Container", container}, {"EndpointConfig", {{"Aliases", end.aliases}}}};
}

Json NetworkBody(const NetworkEnd& end, const std::string& environment, const std::string& owner) {
  Json body{{"Name", end.name},
            {"Driver", "bridge"},
            {"CheckDuplicate", true},
            {"Internal", end.internal},
            {"Labels", LabelsOf(environment, owner)}};
  if (end.only_for_ports) {
    body["Options"] = {{"com.docker.network.bridge.enable_ip_masquerade", "false"},
                       {"com.docker.network.bridge.enable_icc", "false"}};
  }
  return body;
}

ImageFacts ImageFromInspect(const std::string& name, const Json& inspect) {
  return {name, JsonText(inspect, "Id"), JsonText(JsonMember(inspect, "Config"), "User")};
}

int ContainerPort(const Port& port, int host) {
  return port.number == 0 ? host : port.number;
}

InstanceStatus StatusFromInspect(const Json& inspect) {
  const Json& state = JsonMember(inspect, "State");
  const std::string name = JsonText(state, "Status");
  InstanceStatus status{.container = JsonText(inspect, "Id")};
  if (name == "running" || name == "paused" || name == "restarting" || name == "stopping") {
    status.state = InstanceState::kRunning;
    status.pid = static_cast<int>(JsonNumber(state, "Pid"));
  } else if (name == "exited" || name == "stopped") {
    constexpr int kSignalled = 128;
    constexpr int kLastSignal = 31;
    status.state = InstanceState::kExited;
    status.exit_code = static_cast<int>(JsonNumber(state, "ExitCode"));
    // An engine tells no other way, and few programs use these numbers themselves.
    if (status.exit_code > kSignalled && status.exit_code <= kSignalled + kLastSignal) {
      status.signal = status.exit_code - kSignalled;
      status.exit_code = 0;
    }
  } else {
    return {};
  }
  return status;
}

std::string AddressFromInspect(const Json& inspect) {
  const Json& networks = JsonMember(JsonMember(inspect, "NetworkSettings"), "Networks");
  for (const Json& network : networks) {
    std::string address = JsonText(network, "IPAddress");
    if (!address.empty()) return address;
  }
  return "";
}

std::string StopSignalFromInspect(const Json& inspect) {
  const Json& config = JsonMember(inspect, "Config");
  const Json& signal = JsonMember(config, "StopSignal");
  if (signal.is_number_integer() && signal.get<int>() > 0) {
    return std::to_string(signal.get<int>());
  }
  const std::string name = JsonText(config, "StopSignal");
  return name.empty() ? "SIGTERM" : name;
}

std::string LabelQuery(const std::vector<std::pair<std::string_view, std::string>>& labels) {
  Json wanted = Json::array();
  for (const auto& [label, value] : labels) {
    wanted.push_back(value.empty() ? std::string(label) : fmt::format("{}={}", label, value));
  }
  return "?all=1&filters=" + PercentEncoded(DumpJson({{"label", wanted}}));
}

}  // namespace ctestbed

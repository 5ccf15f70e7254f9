#include "config/overlay_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/container_parser.h"
#include "config/env_file.h"
#include "config/mount_parser.h"
#include "config/reading.h"
#include "config/seed_parser.h"

namespace ctestbed {
namespace {

// Checks look at every node in every cell; these keep them quick, whatever a file holds.
constexpr size_t kMostNodes = 128;
constexpr size_t kMostPorts = 64;
constexpr size_t kMostReadyKeys = 16;

constexpr std::array kRunFields{
    Field{"command", Shape::kTextList, "program and arguments; no shell is involved"},
    Field{"args", Shape::kTextList, "what follows the command, or that of the image"},
    Field{"image", Shape::kText, "container image"},
    Field{"pull", Shape::kText, "when the image is fetched from its registry; default: missing",
          false, &kPull},
    Field{"build", Shape::kMap, "how the image is made: {context, file, args}", false, &kBuild},
};
constexpr Inside kRun{.fields = kRunFields};

constexpr Inside kPortNumber{.least = 1, .most = 65535};
constexpr std::array kPortFields{
    Field{"number", Shape::kInteger, "the port the node listens on", true, &kPortNumber},
    Field{"host", Shape::kInteger, "a fixed port of the host; default: a free one", false,
          &kPortNumber},
};
constexpr Inside kPortMap{.fields = kPortFields};
constexpr std::array kPortForms{
    Field{"number", Shape::kInteger, "the port the node listens on", false, &kPortNumber},
    Field{"port", Shape::kMap, "the port the node listens on, and that of the host", false,
          &kPortMap},
};
constexpr Inside kPortInside{.either = kPortForms};
constexpr Field kPort{"port", Shape::kAny, "NUMBER, or {number: N, host: N}", false, &kPortInside};
constexpr Inside kPorts{.each = &kPort, .keys = kNamePattern};

constexpr std::array<std::string_view, 2> kHandoffWords{"hold", "release"};
constexpr Inside kHandoff{.words = kHandoffWords};

constexpr std::array<std::string_view, 2> kKindWords{"server", "job"};
constexpr Inside kKind{.words = kKindWords};

constexpr std::array<std::string_view, 3> kStateWords{"started", "ready", "completed"};
constexpr Inside kStateInside{.words = kStateWords};
constexpr Field kState{"state", Shape::kText, "what the node waits for", false, &kStateInside};
constexpr Inside kStates{.each = &kState};
constexpr std::array kDependencyForms{
    Field{"nodes", Shape::kTextList, "nodes to be ready first"},
    Field{"states", Shape::kMap, "NODE: started, ready or completed", false, &kStates},
};
constexpr Inside kDependencies{.either = kDependencyForms};

constexpr std::array kStopFields{
    Field{"grace", Shape::kDuration, "between SIGTERM and SIGKILL", true}};
constexpr Inside kStop{.fields = kStopFields};

// The probes are beside these, see ReadyFields.
constexpr std::array kReadyFields{
    Field{"port", Shape::kName, "the port to probe; default: the first"},
    Field{"within", Shape::kDuration, "from start to ready"},
    Field{"interval", Shape::kDuration,
          "between questions; default: 5ms to 100ms, growing with the wait"},
    Field{"timeout", Shape::kDuration, "of one answer; default: 2s, doubled after each late one"},
};
constexpr Inside kReady{.name = kReadyName, .fields = kReadyFields};

constexpr Inside kReplicas{.least = 1, .most = 64};

constexpr std::array kNodeFields{
    Field{"name", Shape::kName, "what dependencies and references call the node", true},
    Field{"app_id", Shape::kName, "what routing calls it; default: the name"},
    Field{"kind", Shape::kText, "server (default), or job: runs to its end, exit code 0", false,
          &kKind},
    Field{"timeout", Shape::kDuration, "of a job: until it has completed; default: 60s"},
    Field{"services", Shape::kTextList, "the logical services it hosts"},
    Field{"replicas", Shape::kInteger, "how many of it, 1 to 64", false, &kReplicas},
    Field{"run", Shape::kMap, "what is started: {command: [PROGRAM, ARGUMENT...], image: IMAGE}",
          false, &kRun},
    Field{"working_directory", Shape::kText, "relative to the preset; default: a fresh one"},
    Field{"environment", Shape::kTextMap, "variables of this node"},
    kEnvFiles,
    Field{"ports", Shape::kMap, "NAME: NUMBER, or NAME: {number: N, host: N}", false, &kPorts},
    Field{"port_handoff", Shape::kText, "hold or release", false, &kHandoff},
    Field{"ready", Shape::kMap, "a probe and its arguments, port, within", false, &kReady},
    Field{"depends_on", Shape::kAny,
          "NODE: started, ready or completed; or a list of nodes to be ready", false,
          &kDependencies},
    Field{"stop", Shape::kMap, "{grace: DURATION} between SIGTERM and SIGKILL", false, &kStop},
    Field{"reset", Shape::kMap, "what makes it as new while it runs: exec or http", false,
          &kResetInside},
    Field{"mounts", Shape::kMap, "NAME: {content, from, bind, volume or secret: ...}", false,
          &kMounts},
    Field{"networks", Shape::kAny, "networks of topology.networks; default: one for all nodes",
          false, &kNetworkUses},
    Field{"security", Shape::kMap, "what the node may do; what a backend cannot do is refused",
          false, &kSecurity},
    Field{"resources", Shape::kMap, "limits of each replica: {memory, cpus, pids}", false,
          &kResources},
    Field{"labels", Shape::kTextMap, "what the backend marks the node with, beside its own"},
};
constexpr Inside kNodeInside{.fields = kNodeFields};
constexpr Field kNode{"node", Shape::kMap, "what is started", false, &kNodeInside};
constexpr Inside kNodes{.each = &kNode};

constexpr std::array kNetworkFields{
    Field{"internal", Shape::kBoolean, "no way out of it; default false"}};
constexpr Inside kNetworkInside{.fields = kNetworkFields, .nothing = true};
constexpr Field kNetwork{"network", Shape::kMap, "{internal: true}, or nothing", false,
                         &kNetworkInside};
constexpr Inside kNetworks{.each = &kNetwork};
constexpr Inside kVolumeInside{.nothing = true};
constexpr Field kVolume{"volume", Shape::kMap, "{}", false, &kVolumeInside};
constexpr Inside kVolumes{.each = &kVolume};

constexpr std::array kTopologyFields{
    Field{"nodes", Shape::kList, "what is started, one map each", false, &kNodes},
    Field{"networks", Shape::kMap, "NAME: {internal: BOOLEAN}, what nodes are joined by", false,
          &kNetworks},
    Field{"volumes", Shape::kMap, "NAME: {}, what mounts of several nodes may share", false,
          &kVolumes},
};

constexpr std::array kForeignNodeKeys{
    ForeignKey{"command", "write run: {command: [PROGRAM, ARGUMENT...]}"},
    ForeignKey{"image", "write run: {image: IMAGE}"},
    ForeignKey{"env", "did you mean 'environment'?"},
    ForeignKey{"appId", "did you mean 'app_id'?"},
    ForeignKey{"dependsOn", "did you mean 'depends_on'?"},
    ForeignKey{"args", "write run: {args: [ARGUMENT...]}"},
    ForeignKey{"build", "write run: {build: {context: DIRECTORY}}"},
    ForeignKey{"entrypoint", "write run: {command: [PROGRAM, ARGUMENT...]}"},
    ForeignKey{"env_file", "did you mean 'env_files'?"},
    ForeignKey{"envFiles", "did you mean 'env_files'?"},
    ForeignKey{"health", "did you mean 'ready'?"},
    ForeignKey{"healthCheck", "did you mean 'ready'?"},
    ForeignKey{"readinessProbe", "did you mean 'ready'?"},
    ForeignKey{"layers",
               "name each service in 'services', and set what turns a layer on in "
               "'environment'"},
    ForeignKey{"meshEnabled", "set the variable that turns the mesh on in 'environment'"},
    ForeignKey{"volumes", "write mounts: {NAME: {bind: PATH or volume: NAME, target: PATH}}"},
    ForeignKey{"restart",
               "a node that ends by itself fails what runs on it: starting it again "
               "would hide that"},
    ForeignKey{"restartPolicy",
               "a node that ends by itself fails what runs on it: starting it "
               "again would hide that"},
    ForeignKey{"stop_grace_period", "write stop: {grace: DURATION}"},
    ForeignKey{"stopGrace", "write stop: {grace: DURATION}"},
    ForeignKey{"initContainers", "make it a node of its own, and name it in 'depends_on'"},
    ForeignKey{"init", "make it a node of its own, and name it in 'depends_on'"},
    ForeignKey{"wait_for", "did you mean 'depends_on'?"},
    ForeignKey{"user", "write security: {user: USER}"},
    ForeignKey{"cap_drop", "write security: {drop_caps: [NAME, ...]}"},
    ForeignKey{"privileged", "write security: {privileged: true}"},
    ForeignKey{"read_only", "write security: {read_only: true}"},
    ForeignKey{"security_opt", "write security: {no_new_privileges: true}"},
    ForeignKey{"deploy", "write 'replicas' and 'resources' in the node itself"},
    ForeignKey{"hostname", "write networks: {NETWORK: {aliases: [NAME]}}"},
    ForeignKey{"healthcheck", "did you mean 'ready'?"},
    ForeignKey{"portHandoff", "did you mean 'port_handoff'?"},
    ForeignKey{"working_dir", "did you mean 'working_directory'?"},
    ForeignKey{"workingDirectory", "did you mean 'working_directory'?"},
};

constexpr std::array kForeignReadyKeys{
    ForeignKey{"retries", "write within: DURATION; until then the probe is asked again and again"},
    ForeignKey{"start_period", "write within: DURATION, which counts from the start"},
    ForeignKey{"startPeriod", "write within: DURATION, which counts from the start"},
    ForeignKey{"initialDelaySeconds", "leave it out: the first question costs nothing"},
    ForeignKey{"periodSeconds", "write interval: DURATION"},
    ForeignKey{"timeoutSeconds", "write timeout: DURATION"},
    ForeignKey{"failThreshold",
               "there is no health after readiness yet: a dead node is told at once"},
    ForeignKey{"degradedAfter",
               "there is no health after readiness yet: a dead node is told at once"},
    ForeignKey{"httpGet", "write http: PATH"},
    ForeignKey{"tcpSocket", "write tcp: true"},
    ForeignKey{"test", "write exec: [PROGRAM, ARGUMENT...]"},
    ForeignKey{"ws", "did you mean 'websocket'?"},
    ForeignKey{"udp", "did you mean 'udp_listen'?"},
    ForeignKey{"grpc", "ask by exec: [grpc_health_probe, -addr, '${NODE.address}'], or tcp: true"},
    ForeignKey{"heartbeat", "nobody collects heartbeats yet; ask the node itself by http or exec"},
};

// Words that begin references of other kinds, so that no node may be called by them.
constexpr std::array<std::string_view, 10> kReservedNames{
    "cell",   "environment", "mount", "node",   "port",
    "preset", "replica",     "run",   "secret", "services"};

void ReadName(const Fields& fields, NodeOverlay& node, Diagnostics& problems) {
  const auto name = fields.Text("name");
  if (!name) return;
  node.name = *name;
  if (std::find(kReservedNames.begin(), kReservedNames.end(), name->value) !=
      kReservedNames.end()) {
    problems.Error(name->mark, fmt::format("no node can be called {}", Quote(name->value)),
                   fmt::format("references begin with these: {}", fmt::join(kReservedNames, ", ")));
  }
}

void ReadRun(const Fields& run, NodeOverlay& node, Diagnostics& problems) {
  node.command = run.Texts("command");
  node.args = run.Texts("args");
  node.image = run.Text("image");
  if (node.command && node.command->empty()) {
    problems.Error(run.Find("command")->mark, "'command' names no program");
  }
}

Port ReadPort(const Document::Entry& entry, Diagnostics& problems) {
  CheckName(entry.key, "port name", problems);
  Port port{.name = entry.key.value};
  const auto number = [&](const Fields& fields, std::string_view key) {
    return static_cast<int>(fields.Integer(key).value_or(0));
  };
  if (entry.value.IsMap()) {
    const Fields fields(entry.value, "port", kPortFields, problems);
    port.number = number(fields, "number");
    port.host = number(fields, "host");
  } else {
    const Field field{entry.key.value, Shape::kInteger, "", false, &kPortNumber};
    port.number = static_cast<int>(ReadInteger(entry.value, field, problems).value_or(0));
  }
  return port;
}

void ReadPorts(const Fields& fields, NodeOverlay& node, Diagnostics& problems) {
  const Document* map = fields.Find("ports");
  if (map == nullptr || !CheckSize(*map, "ports", kMostPorts, problems)) return;
  node.ports.emplace();
  for (const Document::Entry& entry : map->entries) {
    node.ports->push_back(ReadPort(entry, problems));
  }
}

std::vector<std::string> KeysOf(std::span<const Field> table) {
  std::vector<std::string> keys;
  for (const Field& field : table) keys.emplace_back(field.key);
  return keys;
}

bool IsNear(std::string_view word, const std::vector<std::string>& known) {
  return DidYouMean(word, known, "").starts_with("did you mean");
}

// The table of a `ready` map: every probe, and what goes with any of them. Unknown keys are
// reported here, as unknown probes, and let through.
std::vector<Field> ReadyFields(const Document& map, const Reader& reader) {
  std::vector<Field> table(kReadyFields.begin(), kReadyFields.end());
  const std::vector<std::string>& probes = reader.vocabulary.probes;
  for (const std::string& probe : probes) table.push_back({probe, Shape::kAny, "a probe"});
  for (const Document::Entry& entry : map.entries) {
    const std::string& key = entry.key.value;
    const auto is_key = [&](const Field& field) { return field.key == key; };
    if (std::any_of(table.begin(), table.end(), is_key)) continue;
    if (!IsNear(key, probes) && IsNear(key, KeysOf(kReadyFields))) continue;
    reader.problems.Error(entry.key.mark, fmt::format("unknown probe {}", Quote(key)),
                          DidYouMean(key, probes, "probes"));
    table.push_back({key, Shape::kAny, ""});
  }
  return table;
}

bool IsProbe(std::string_view key, const std::vector<Field>& ready_fields) {
  const auto is_key = [&](const Field& field) { return field.key == key; };
  return std::none_of(kReadyFields.begin(), kReadyFields.end(), is_key) &&
         std::any_of(ready_fields.begin(), ready_fields.end(), is_key);
}

std::optional<ProbeSpec> ReadReady(const Document& written, const Reader& reader) {
  const Document map = WithoutForeignKeys(written, "ready", kForeignReadyKeys, reader.problems);
  const std::vector<Field> table = ReadyFields(map, reader);
  const Fields fields(map, "ready", table, reader.problems);
  ProbeSpec spec{.within = fields.Time("within").value_or(reader.defaults.ready_within)};
  spec.interval = fields.Time("interval").value_or(spec.interval);
  spec.timeout = fields.Time("timeout").value_or(spec.timeout);
  if (const auto port = fields.Text("port")) spec.port = port->value;
  int probes = 0;
  for (const Document::Entry& entry : map.entries) {
    if (!IsProbe(entry.key.value, table)) continue;
    if (++probes == 1) {
      spec.kind = entry.key.value;
      spec.arguments = entry.value;
    } else {
      reader.problems.Error(entry.key.mark, "'ready' has more than one probe",
                            fmt::format("keep {} or {}", Quote(spec.kind), Quote(entry.key.value)));
    }
  }
  if (probes == 0 && map.entries.size() == written.entries.size()) {
    reader.problems.Error(map.mark, "'ready' has no probe",
                          DidYouMean("", reader.vocabulary.probes, "probes"));
  }
  const auto& known = reader.vocabulary.probes;
  if (std::find(known.begin(), known.end(), spec.kind) == known.end()) return std::nullopt;
  if (reader.vocabulary.check_probe) reader.vocabulary.check_probe(spec, reader.problems);
  return spec;
}

void ReadDependency(const Located<std::string>& name, const Located<std::string>& state,
                    NodeOverlay& node, Diagnostics& problems) {
  constexpr std::array kStateOf{DependencyState::kStarted, DependencyState::kReady,
                                DependencyState::kCompleted};
  const auto index = ReadWord(state, name.value, kStateWords, problems);
  node.depends_on[name.value] = {index ? kStateOf.at(*index) : DependencyState::kReady, name.mark};
}

void ReadDependsOn(const Fields& fields, NodeOverlay& node, Diagnostics& problems) {
  const Document* value = fields.Find("depends_on");
  if (value == nullptr) return;
  if (value->IsList() && CheckShape(*value, Shape::kTextList, "depends_on", problems)) {
    for (const Document& item : value->items) {
      node.depends_on[item.text] = {DependencyState::kReady, item.mark};
    }
  } else if (value->IsMap() && CheckShape(*value, Shape::kTextMap, "depends_on", problems)) {
    for (const Document::Entry& entry : value->entries) {
      ReadDependency(entry.key, {entry.value.text, entry.value.mark}, node, problems);
    }
  } else if (!value->IsList() && !value->IsMap()) {
    problems.Error(
        value->mark,
        fmt::format("'depends_on' must be a list of nodes or a map, not {}", Describe(*value)),
        "write [NODE, ...] or {NODE: started}");
  }
}

void ReadServices(const Fields& fields, NodeOverlay& node, Diagnostics& problems) {
  node.services = fields.Texts("services");
  if (!node.services) return;
  for (const auto& service : *node.services) CheckName(service, "service", problems);
}

NodeOverlay ReadNode(const Document& item, const Reader& reader) {
  Diagnostics& problems = reader.problems;
  const Document map = WithoutForeignKeys(item, "node", kForeignNodeKeys, problems);
  const Fields fields(map, "node", kNodeFields, problems);
  NodeOverlay node;
  ReadName(fields, node, problems);
  ReadServices(fields, node, problems);
  ReadPorts(fields, node, problems);
  ReadDependsOn(fields, node, problems);
  node.app_id = fields.Text("app_id");
  if (const auto kind = fields.Word("kind")) {
    node.kind = *kind == 1 ? NodeKind::kJob : NodeKind::kServer;
  }
  node.timeout = fields.Time("timeout");
  node.working_directory = fields.Text("working_directory");
  node.environment = ReadVariables(fields, reader);
  if (const auto run = fields.Inner("run", problems)) ReadRun(*run, node, problems);
  const Document* ready = fields.Find("ready");
  if (ready != nullptr && CheckSize(*ready, "ready", kMostReadyKeys, problems)) {
    node.ready = ReadReady(*ready, reader);
  }
  if (const auto replicas = fields.Integer("replicas")) node.replicas = static_cast<int>(*replicas);
  if (const auto handoff = fields.Word("port_handoff")) {
    node.port_handoff = *handoff == 1 ? PortHandoff::kRelease : PortHandoff::kHold;
  }
  if (const auto stop = fields.Inner("stop", problems)) {
    node.stop = StopSpec{stop->Time("grace").value_or(reader.defaults.stop_grace)};
  }
  node.reset = ReadReset(fields, reader);
  if (const Document* mounts = fields.Find("mounts")) node.mounts = ReadMounts(*mounts, reader);
  node.container = ReadContainer(fields, reader);
  return node;
}

std::map<std::string, Network> ReadNetworks(const Document& map, Diagnostics& problems) {
  std::map<std::string, Network> networks;
  for (const Document::Entry& entry : map.entries) {
    CheckName(entry.key, "network", problems);
    Network& network = networks[entry.key.value];
    if (entry.value.IsNull()) continue;
    const Fields fields(entry.value, "network", kNetworkFields, problems);
    network.internal = fields.Boolean("internal").value_or(false);
  }
  return networks;
}

std::set<std::string> ReadVolumes(const Document& map, Diagnostics& problems) {
  std::set<std::string> volumes;
  for (const Document::Entry& entry : map.entries) {
    CheckName(entry.key, "volume", problems);
    if (!entry.value.IsNull()) Fields(entry.value, "volume", {}, problems);
    volumes.insert(entry.key.value);
  }
  return volumes;
}

}  // namespace

constexpr Inside kTopology{.name = "topology", .fields = kTopologyFields};

Overlay ReadOverlay(const Fields& fields, const Reader& reader) {
  Overlay overlay;
  overlay.environment = ReadVariables(fields, reader);
  overlay.seed = ReadSeed(fields, reader);
  overlay.secrets = ReadSecrets(fields, reader);
  const auto topology = fields.Inner("topology", reader.problems);
  if (!topology) return overlay;
  if (const Document* networks = topology->Find("networks")) {
    overlay.networks = ReadNetworks(*networks, reader.problems);
  }
  if (const Document* volumes = topology->Find("volumes")) {
    overlay.volumes = ReadVolumes(*volumes, reader.problems);
  }
  const Document* nodes = topology->Find("nodes");
  if (nodes == nullptr || !CheckSize(*nodes, "nodes", kMostNodes, reader.problems)) return overlay;
  for (const Document& item : nodes->items) {
    NodeOverlay node = ReadNode(item, reader);
    if (node.name.value.empty()) continue;
    const auto same =
        std::find_if(overlay.nodes.begin(), overlay.nodes.end(),
                     [&](const NodeOverlay& other) { return other.name.value == node.name.value; });
    if (same != overlay.nodes.end()) {
      reader.problems.Error(node.name.mark,
                            fmt::format("duplicate node {}", Quote(node.name.value)),
                            fmt::format("it is already on line {}", same->name.mark.line));
      continue;
    }
    overlay.nodes.push_back(std::move(node));
  }
  return overlay;
}

}  // namespace ctestbed

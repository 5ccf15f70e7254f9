#include "model/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

Json ToJson(const SourceMark& mark) {
  return {{"file", mark.file}, {"line", mark.line}, {"column", mark.column}};
}

SourceMark MarkFromJson(const Json& json) {
  return {JsonText(json, "file"), static_cast<int>(JsonNumber(json, "line")),
          static_cast<int>(JsonNumber(json, "column"))};
}

Document DocumentFromJson(const Json& json) {
  Document document;
  if (json.is_object() && json.contains("text")) {
    document.kind = Document::Kind::kScalar;
    document.text = JsonText(json, "text");
    document.quoted = JsonBoolean(json, "quoted");
  } else if (json.is_array()) {
    document.kind = Document::Kind::kList;
    for (const Json& item : json) document.items.push_back(DocumentFromJson(item));
  } else if (json.is_object()) {
    document.kind = Document::Kind::kMap;
    for (const Json& pair : JsonMember(json, "map")) {
      document.entries.push_back(
          {{JsonText(pair, "key"), {}}, DocumentFromJson(JsonMember(pair, "value"))});
    }
  }
  return document;
}

Json ToJson(const ProbeSpec& probe) {
  return {{"kind", probe.kind},
          {"arguments", ToJson(probe.arguments)},
          {"port", probe.port},
          {"within_s", Seconds(probe.within)},
          {"interval_s", Seconds(probe.interval)},
          {"timeout_s", Seconds(probe.timeout)}};
}

constexpr std::array<std::string_view, 5> kMountKinds{"content", "from", "bind", "volume",
                                                      "secret"};

Json ToJson(const std::map<std::string, Mount>& mounts) {
  Json json = Json::object();
  for (const auto& [name, mount] : mounts) {
    json[name] = {{"kind", kMountKinds.at(static_cast<size_t>(mount.kind))},
                  {"source", mount.source},
                  {"target", mount.target},
                  {"digest", mount.digest},
                  {"read_only", mount.read_only}};
  }
  return json;
}

std::map<std::string, Mount> MountsFromJson(const Json& json) {
  std::map<std::string, Mount> mounts;
  if (!json.is_object()) return mounts;
  for (const auto& [name, value] : json.items()) {
    const auto* const kind =
        std::find(kMountKinds.begin(), kMountKinds.end(), JsonText(value, "kind"));
    if (kind == kMountKinds.end()) continue;
    mounts[name] = {static_cast<MountKind>(kind - kMountKinds.begin()), JsonText(value, "source"),
                    JsonText(value, "target"), JsonText(value, "digest"),
                    JsonBoolean(value, "read_only")};
  }
  return mounts;
}

Json ToJson(const Node& node) {
  Json ports = Json::array();
  for (const Port& port : node.ports) {
    ports.push_back({{"name", port.name}, {"number", port.number}, {"host", port.host}});
  }
  Json depends_on = Json::object();
  for (const auto& [name, state] : node.depends_on) {
    depends_on[name] = DependencyStateName(state);
  }
  return {{"name", node.name},
          {"kind", node.kind == NodeKind::kJob ? "job" : "server"},
          {"timeout_s", Seconds(node.timeout)},
          {"app_id", node.app_id},
          {"services", node.services},
          {"replicas", node.replicas},
          {"command", node.command},
          {"args", node.args},
          {"image", node.image},
          {"working_directory", node.working_directory},
          {"environment", node.environment},
          {"ports", ports},
          {"port_handoff", node.port_handoff == PortHandoff::kHold ? "hold" : "release"},
          {"ready", node.ready ? ToJson(*node.ready) : Json()},
          {"depends_on", depends_on},
          {"stop_grace_s", Seconds(node.stop.grace)},
          {"reset", node.reset ? ToJson(*node.reset) : Json()},
          {"mounts", ToJson(node.mounts)},
          {"container", ToJson(node.container)}};
}

DependencyState DependencyStateFromName(const std::string& name) {
  for (const DependencyState state : {DependencyState::kStarted, DependencyState::kCompleted}) {
    if (DependencyStateName(state) == name) return state;
  }
  return DependencyState::kReady;
}

Node NodeFromJson(const Json& json) {
  Node node;
  node.name = JsonText(json, "name");
  node.kind = JsonText(json, "kind") == "job" ? NodeKind::kJob : NodeKind::kServer;
  node.timeout = DurationFromJson(json, "timeout_s");
  node.app_id = JsonText(json, "app_id");
  node.services = TextsFromJson(JsonMember(json, "services"));
  node.replicas = static_cast<int>(JsonNumber(json, "replicas", 1));
  node.command = TextsFromJson(JsonMember(json, "command"));
  node.args = TextsFromJson(JsonMember(json, "args"));
  node.image = JsonText(json, "image");
  node.working_directory = JsonText(json, "working_directory");
  node.environment = TextMapFromJson(JsonMember(json, "environment"));
  for (const Json& port : JsonMember(json, "ports")) {
    node.ports.push_back({JsonText(port, "name"), static_cast<int>(JsonNumber(port, "number")),
                          static_cast<int>(JsonNumber(port, "host"))});
  }
  node.port_handoff =
      JsonText(json, "port_handoff") == "release" ? PortHandoff::kRelease : PortHandoff::kHold;
  if (const Json& ready = JsonMember(json, "ready"); ready.is_object()) {
    node.ready = ProbeSpec{JsonText(ready, "kind"),
                           DocumentFromJson(JsonMember(ready, "arguments")),
                           JsonText(ready, "port"),
                           DurationFromJson(ready, "within_s"),
                           DurationFromJson(ready, "interval_s"),
                           DurationFromJson(ready, "timeout_s")};
  }
  for (const auto& [name, state] : TextMapFromJson(JsonMember(json, "depends_on"))) {
    node.depends_on[name] = DependencyStateFromName(state);
  }
  node.stop.grace = DurationFromJson(json, "stop_grace_s");
  if (const Json& reset = JsonMember(json, "reset"); reset.is_object()) {
    node.reset = SeedStepFromJson(reset);
  }
  node.mounts = MountsFromJson(JsonMember(json, "mounts"));
  node.container = ContainerSpecFromJson(JsonMember(json, "container"));
  return node;
}

Result<ChangeAction> ActionFromName(std::string_view name) {
  for (const ChangeAction action : {ChangeAction::kKeep, ChangeAction::kReset, ChangeAction::kStart,
                                    ChangeAction::kStop, ChangeAction::kRestart}) {
    if (ChangeActionName(action) == name) return action;
  }
  return Fail(ErrorKind::kInvalid, fmt::format("unknown action {}", Quote(name)));
}

// The text members of an event, by their names in JSON.
struct TextMember {
  std::string_view key;
  std::string Event::*member;
};

constexpr std::array<TextMember, 17> kEventTexts{{
    {"session", &Event::session},
    {"out", &Event::out},
    {"backend", &Event::backend},
    {"environment", &Event::environment},
    {"preset", &Event::preset},
    {"suite", &Event::suite},
    {"run", &Event::run},
    {"node", &Event::node},
    {"digest", &Event::digest},
    {"image", &Event::image},
    {"name", &Event::name},
    {"message", &Event::message},
    {"detail", &Event::detail},
    {"log", &Event::log},
    {"version", &Event::version},
    {"host", &Event::host},
    {"at", &Event::at},
}};

Json ToJson(const NodeFacts& node) {
  Json json{{"name", node.name},         {"app_id", node.app_id},
            {"services", node.services}, {"replicas", node.replicas},
            {"image", node.image},       {"command", node.command},
            {"ports", node.ports},       {"depends_on", node.depends_on}};
  if (!node.opt_outs.empty()) json["opt_outs"] = node.opt_outs;
  return json;
}

NodeFacts NodeFactsFromJson(const Json& json) {
  return {JsonText(json, "name"),
          JsonText(json, "app_id"),
          TextsFromJson(JsonMember(json, "services")),
          static_cast<int>(JsonNumber(json, "replicas", 1)),
          JsonText(json, "image"),
          TextsFromJson(JsonMember(json, "command")),
          TextsFromJson(JsonMember(json, "ports")),
          TextsFromJson(JsonMember(json, "depends_on")),
          TextsFromJson(JsonMember(json, "opt_outs"))};
}

Json ToJson(const LogWindow& window) {
  return {{"node", window.node},     {"stream", window.stream}, {"file", window.file},
          {"offset", window.offset}, {"size", window.size},     {"text", window.text}};
}

LogWindow LogWindowFromJson(const Json& json) {
  return {JsonText(json, "node"),
          JsonText(json, "stream"),
          JsonText(json, "file"),
          static_cast<std::uint64_t>(JsonNumber(json, "offset")),
          static_cast<std::uint64_t>(JsonNumber(json, "size")),
          JsonText(json, "text")};
}

Json ToJson(const PlanCost& cost) {
  return {{"planned_s", Seconds(cost.planned)},
          {"naive_s", Seconds(cost.naive)},
          {"lower_bound_s", Seconds(cost.lower_bound)},
          {"makespan_s", Seconds(cost.makespan)},
          {"node_starts_planned", cost.node_starts_planned},
          {"node_starts_naive", cost.node_starts_naive}};
}

PlanCost PlanCostFromJson(const Json& json) {
  return {DurationFromJson(json, "planned_s"),
          DurationFromJson(json, "naive_s"),
          DurationFromJson(json, "lower_bound_s"),
          DurationFromJson(json, "makespan_s"),
          static_cast<int>(JsonNumber(json, "node_starts_planned")),
          static_cast<int>(JsonNumber(json, "node_starts_naive"))};
}

// What only some kinds carry, and only if there is any.
void AddLists(const Event& event, Json& json) {
  for (const Change& change : event.changes) json["changes"].push_back(ToJson(change));
  for (const NodeFacts& node : event.nodes) json["nodes"].push_back(ToJson(node));
  for (const LogWindow& window : event.logs) json["logs"].push_back(ToJson(window));
  if (!event.command.empty()) json["command"] = event.command;
  if (!event.endpoints.empty()) json["endpoints"] = event.endpoints;
}

bool HasVerdict(EventKind kind) {
  return kind == EventKind::kCaseFinished || kind == EventKind::kRunFinished;
}

}  // namespace

Duration DurationFromJson(const Json& json, std::string_view key) {
  return Duration(std::llround(JsonNumber(json, key) * 1000.0));
}

std::vector<std::string> TextsFromJson(const Json& json) {
  std::vector<std::string> texts;
  for (const Json& item : json) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::map<std::string, std::string> TextMapFromJson(const Json& json) {
  std::map<std::string, std::string> map;
  if (!json.is_object()) return map;
  for (const auto& [key, value] : json.items()) {
    if (value.is_string()) map[key] = value.get<std::string>();
  }
  return map;
}

Json ToJson(const Document& document) {
  switch (document.kind) {
    case Document::Kind::kScalar:
      return {{"text", document.text}, {"quoted", document.quoted}};
    case Document::Kind::kList: {
      Json items = Json::array();
      for (const Document& item : document.items) items.push_back(ToJson(item));
      return items;
    }
    case Document::Kind::kMap: {
      Json pairs = Json::array();
      for (const Document::Entry& entry : document.entries) {
        pairs.push_back({{"key", entry.key.value}, {"value", ToJson(entry.value)}});
      }
      return {{"map", pairs}};
    }
    case Document::Kind::kNull:
      break;
  }
  return {};
}

Json ToJson(const Topology& topology) {
  Json nodes = Json::array();
  for (const Node& node : topology.nodes) nodes.push_back(ToJson(node));
  Json networks = Json::object();
  for (const auto& [name, network] : topology.networks) {
    networks[name] = {{"internal", network.internal}};
  }
  Json prepare = Json::array();
  for (const PrepareStep& step : topology.prepare) {
    prepare.push_back({{"command", step.command},
                       {"directory", step.directory},
                       {"environment", step.environment}});
  }
  Json seed = Json::array();
  for (const SeedStep& step : topology.seed) seed.push_back(ToJson(step));
  Json secrets = Json::object();
  for (const auto& [name, source] : topology.secrets) secrets[name] = ToJson(source);
  return {{"nodes", nodes},
          {"networks", networks},
          {"volumes", topology.volumes},
          {"seed", seed},
          {"secrets", secrets},
          {"backends", topology.backends},
          {"prepare", prepare},
          {"deploy_s", Seconds(topology.timeouts.deploy)},
          {"teardown_s", Seconds(topology.timeouts.teardown)}};
}

Json ToJson(const Change& change) {
  return {{"node", change.node}, {"action", ChangeActionName(change.action)}, {"why", change.why}};
}

Json ToJson(const Cell& cell) {
  Json json = Json::object();
  for (const auto& [axis, value] : cell) json[axis] = value;
  return json;
}

Cell CellFromJson(const Json& json) {
  return TextMapFromJson(json);
}

Json ToJson(const Event& event) {
  Json json{{"seq", event.seq}, {"kind", EventKindName(event.kind)}, {"mono_s", event.mono_s}};
  for (const TextMember& text : kEventTexts) {
    if (!(event.*text.member).empty()) json[std::string(text.key)] = event.*text.member;
  }
  if (!event.cell.empty()) json["cell"] = ToJson(event.cell);
  if (HasVerdict(event.kind)) json["verdict"] = VerdictName(event.verdict);
  if (event.mark.line > 0) json["mark"] = ToJson(event.mark);
  if (event.attempt > 1) json["attempt"] = event.attempt;
  if (event.duration > Duration::zero()) json["duration_s"] = Seconds(event.duration);
  if (event.kind == EventKind::kSessionPlanned) json["cost"] = ToJson(event.cost);
  AddLists(event, json);
  return json;
}

Result<Event> EventFromJson(const Json& json) {
  Event event;
  const std::string kind = JsonText(json, "kind");
  const auto* const entry =
      std::find_if(kEventKinds.begin(), kEventKinds.end(),
                   [&](const EventKindEntry& candidate) { return candidate.name == kind; });
  if (entry == kEventKinds.end()) {
    return Fail(ErrorKind::kInvalid, fmt::format("unknown event kind {}", Quote(kind)));
  }
  event.kind = entry->kind;
  event.seq = static_cast<std::uint64_t>(JsonNumber(json, "seq"));
  event.mono_s = JsonNumber(json, "mono_s");
  for (const TextMember& text : kEventTexts) event.*text.member = JsonText(json, text.key);
  event.cell = CellFromJson(JsonMember(json, "cell"));
  if (HasVerdict(event.kind)) {
    TRY(event.verdict, VerdictFromName(JsonText(json, "verdict")));
  }
  if (const Json& mark = JsonMember(json, "mark"); mark.is_object())
    event.mark = MarkFromJson(mark);
  event.attempt = static_cast<int>(JsonNumber(json, "attempt", 1));
  event.duration = DurationFromJson(json, "duration_s");
  for (const Json& change : JsonMember(json, "changes")) {
    TRY(const ChangeAction action, ActionFromName(JsonText(change, "action")));
    event.changes.push_back({JsonText(change, "node"), action, JsonText(change, "why")});
  }
  event.cost = PlanCostFromJson(JsonMember(json, "cost"));
  event.command = TextsFromJson(JsonMember(json, "command"));
  event.endpoints = TextMapFromJson(JsonMember(json, "endpoints"));
  for (const Json& node : JsonMember(json, "nodes")) event.nodes.push_back(NodeFactsFromJson(node));
  for (const Json& log : JsonMember(json, "logs")) event.logs.push_back(LogWindowFromJson(log));
  return event;
}

Result<Topology> TopologyFromJson(const Json& json) {
  if (!JsonMember(json, "nodes").is_array()) {
    return Fail(ErrorKind::kInvalid, "a topology needs 'nodes'");
  }
  Topology topology;
  for (const Json& node : JsonMember(json, "nodes")) topology.nodes.push_back(NodeFromJson(node));
  if (const Json& networks = JsonMember(json, "networks"); networks.is_object()) {
    for (const auto& [name, network] : networks.items()) {
      topology.networks[name] = {JsonBoolean(network, "internal")};
    }
  }
  for (std::string& volume : TextsFromJson(JsonMember(json, "volumes"))) {
    topology.volumes.insert(std::move(volume));
  }
  topology.backends = TextsFromJson(JsonMember(json, "backends"));
  for (const Json& step : JsonMember(json, "prepare")) {
    topology.prepare.push_back({TextsFromJson(JsonMember(step, "command")),
                                JsonText(step, "directory"),
                                TextMapFromJson(JsonMember(step, "environment"))});
  }
  topology.timeouts = {DurationFromJson(json, "deploy_s"), DurationFromJson(json, "teardown_s")};
  for (const Json& step : JsonMember(json, "seed")) topology.seed.push_back(SeedStepFromJson(step));
  if (const Json& secrets = JsonMember(json, "secrets"); secrets.is_object()) {
    for (const auto& [name, source] : secrets.items()) {
      topology.secrets[name] = SecretSourceFromJson(source);
    }
  }
  return topology;
}

}  // namespace ctestbed

#include "supervisor/protocol.h"

#include "base/json.h"
#include "model/wire.h"

namespace ctestbed {
namespace {

Json ToJson(const ReplicaView& replica) {
  return {{"name", replica.name},           {"pid", replica.pid},
          {"container", replica.container}, {"endpoints", replica.endpoints},
          {"peers", replica.peers},         {"log", replica.log}};
}

Json ToJson(const NodeView& node) {
  Json replicas = Json::array();
  for (const ReplicaView& replica : node.replicas) replicas.push_back(ToJson(replica));
  return {{"name", node.name},         {"app_id", node.app_id},
          {"services", node.services}, {"state", node.state},
          {"pid", node.pid},           {"container", node.container},
          {"restarts", node.restarts}, {"endpoints", node.endpoints},
          {"ports", node.ports},       {"log", node.log},
          {"replicas", replicas}};
}

std::vector<std::string> Texts(const Json& json) {
  std::vector<std::string> texts;
  for (const Json& item : json) texts.push_back(item.is_string() ? item.get<std::string>() : "");
  return texts;
}

ReplicaView ReplicaViewFromJson(const Json& json) {
  return {JsonText(json, "name"),
          static_cast<int>(JsonNumber(json, "pid")),
          JsonText(json, "container"),
          CellFromJson(JsonMember(json, "endpoints")),
          CellFromJson(JsonMember(json, "peers")),
          JsonText(json, "log")};
}

NodeView NodeViewFromJson(const Json& json) {
  NodeView view{JsonText(json, "name"),
                JsonText(json, "app_id"),
                Texts(JsonMember(json, "services")),
                JsonText(json, "state"),
                static_cast<int>(JsonNumber(json, "pid")),
                JsonText(json, "container"),
                static_cast<int>(JsonNumber(json, "restarts")),
                CellFromJson(JsonMember(json, "endpoints")),
                Texts(JsonMember(json, "ports")),
                JsonText(json, "log"),
                {}};
  for (const Json& replica : JsonMember(json, "replicas")) {
    view.replicas.push_back(ReplicaViewFromJson(replica));
  }
  return view;
}

}  // namespace

Json ToJson(const Error& error) {
  return {{"kind", ErrorKindName(error.kind)},
          {"message", error.message},
          {"detail", error.detail},
          {"node", error.node}};
}

Error ErrorFromJson(const Json& json) {
  return {ErrorKindFromName(JsonText(json, "kind")), JsonText(json, "message"),
          JsonText(json, "detail"), JsonText(json, "node")};
}

Json ToJson(const Demand& demand) {
  return {{"key", demand.key},
          {"order", demand.order},
          {"preset", demand.preset},
          {"cell", ToJson(demand.cell)},
          {"renewal", RenewalName(demand.renewal)},
          {"exclusive", demand.exclusive},
          {"lane", demand.lane},
          {"topology", ToJson(demand.topology)}};
}

Result<Demand> DemandFromJson(const Json& json) {
  TRY(Topology topology, TopologyFromJson(JsonMember(json, "topology")));
  return Demand{JsonText(json, "key"),
                static_cast<int>(JsonNumber(json, "order")),
                std::move(topology),
                JsonText(json, "preset"),
                CellFromJson(JsonMember(json, "cell")),
                RenewalFromName(JsonText(json, "renewal")),
                JsonBoolean(json, "exclusive"),
                static_cast<int>(JsonNumber(json, "lane"))};
}

Json ToJson(const EnvironmentView& view) {
  Json nodes = Json::array();
  for (const NodeView& node : view.nodes) nodes.push_back(ToJson(node));
  return {{"id", view.id},
          {"preset", view.preset},
          {"cell", ToJson(view.cell)},
          {"backend", view.backend},
          {"state", view.state},
          {"version", view.version},
          {"since", view.since},
          {"owner", {{"pid", view.owner_pid}}},
          {"nodes", nodes}};
}

EnvironmentView EnvironmentViewFromJson(const Json& json) {
  EnvironmentView view{JsonText(json, "id"),
                       JsonText(json, "preset"),
                       CellFromJson(JsonMember(json, "cell")),
                       JsonText(json, "backend"),
                       JsonText(json, "state"),
                       static_cast<int>(JsonNumber(json, "version")),
                       JsonText(json, "since"),
                       static_cast<int>(JsonNumber(JsonMember(json, "owner"), "pid")),
                       {}};
  for (const Json& node : JsonMember(json, "nodes")) view.nodes.push_back(NodeViewFromJson(node));
  return view;
}

Json ToJson(const Breakage& breakage) {
  return {{"node", breakage.node}, {"message", breakage.message}, {"detail", breakage.detail}};
}

std::optional<Breakage> BreakageFromJson(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  return Breakage{JsonText(json, "node"), JsonText(json, "message"), JsonText(json, "detail")};
}

}  // namespace ctestbed

#include "runner/test_environment.h"

#include <cctype>
#include <functional>

#include "model/node_addresses.h"

namespace ctestbed {
namespace {

struct HostAndPort {
  std::string host;
  std::string port;
};

HostAndPort SplitAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return {address, ""};
  return {address.substr(0, colon), address.substr(colon + 1)};
}

std::string VariableName(const std::string& name) {
  std::string variable;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    variable += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return variable;
}

ReplicaAddresses AddressesOf(const std::map<std::string, std::string>& endpoints,
                             const std::vector<std::string>& ports) {
  ReplicaAddresses addresses;
  for (const std::string& port : ports) {
    const auto endpoint = endpoints.find(port);
    if (endpoint == endpoints.end()) continue;
    const HostAndPort parts = SplitAddress(endpoint->second);
    addresses.push_back({port, parts.host, parts.port});
  }
  return addresses;
}

// What other nodes of the environment call them, below "peers.": the same names as in presets.
void PutPeers(std::map<std::string, std::string>& values, const NodeView& node) {
  std::vector<ReplicaAddresses> replicas;
  for (const ReplicaView& replica : node.replicas) {
    replicas.push_back(AddressesOf(replica.peers, node.ports));
  }
  PutAddresses(values, "peers." + node.name, replicas);
  for (const std::string& service : node.services) {
    PutAddresses(values, "peers.services." + service, replicas);
  }
}

void PutPorts(std::map<std::string, std::string>& variables, const std::string& name,
              const std::map<std::string, std::string>& endpoints) {
  for (const auto& [port, address] : endpoints) {
    const std::string prefix = "CTESTBED_NODE_" + VariableName(name) + "_" + VariableName(port);
    variables[prefix + "_ADDRESS"] = address;
    variables[prefix + "_HOST"] = SplitAddress(address).host;
    variables[prefix + "_PORT"] = SplitAddress(address).port;
  }
}

// `scheme` is that of its URL.
using Visit = std::function<void(const std::string& name, const std::string& address,
                                 const std::string& scheme)>;

void ForEachService(const EnvironmentView& environment, const Visit& visit) {
  for (const NodeView& node : environment.nodes) {
    if (node.ports.empty() || !node.endpoints.contains(node.ports.front())) continue;
    const std::string& port = node.ports.front();
    for (const std::string& service : node.services) {
      visit(service, node.endpoints.at(port), port == "https" ? "https" : "http");
    }
  }
}

// The first of `ports` that the node has an endpoint for, or null.
const std::string* EndpointOf(const NodeView& node, const std::vector<std::string>& ports) {
  for (const std::string& port : ports) {
    const auto endpoint = node.endpoints.find(port);
    if (endpoint != node.endpoints.end()) return &endpoint->second;
  }
  return nullptr;
}

void AddWebSockets(const NodeView& node, std::map<std::string, std::string>& values) {
  if (node.ports.empty()) return;
  const std::string* plain = EndpointOf(node, {"ws", node.ports.front()});
  const std::string* secured = EndpointOf(node, {"wss", "https"});
  for (const std::string& service : node.services) {
    const std::string prefix = "services." + service;
    if (plain != nullptr) values[prefix + ".ws"] = "ws://" + *plain;
    if (secured != nullptr) values[prefix + ".wss"] = "wss://" + *secured;
  }
}

}  // namespace

std::map<std::string, std::string> TestValues(const EnvironmentView& environment, const Run& run,
                                              const std::string& id) {
  std::map<std::string, std::string> values{
      {"preset", run.preset}, {"run.id", id}, {"environment.id", environment.id}};
  for (const auto& [axis, value] : run.cell) values["cell." + axis] = value;
  for (const NodeView& node : environment.nodes) {
    std::vector<ReplicaAddresses> replicas{AddressesOf(node.endpoints, node.ports)};
    for (size_t i = 1; i < node.replicas.size(); ++i) {
      replicas.push_back(AddressesOf(node.replicas[i].endpoints, node.ports));
    }
    PutAddresses(values, node.name, replicas);
  }
  for (const NodeView& node : environment.nodes) {
    AddWebSockets(node, values);
    PutPeers(values, node);
  }
  ForEachService(environment, [&](const std::string& service, const std::string& address,
                                  const std::string& scheme) {
    const HostAndPort parts = SplitAddress(address);
    const std::string prefix = "services." + service;
    values[prefix + ".url"] = scheme + "://" + address;
    values[prefix + ".address"] = address;
    values[prefix + ".host"] = parts.host;
    values[prefix + ".port"] = parts.port;
  });
  return values;
}

std::map<std::string, std::string> TestVariables(const EnvironmentView& environment, const Run& run,
                                                 const std::string& id) {
  std::map<std::string, std::string> variables{{"CTESTBED_PRESET", run.preset},
                                               {"CTESTBED_CELL", CellName(run.cell)},
                                               {"CTESTBED_RUN_ID", id},
                                               {"CTESTBED_ENVIRONMENT", environment.id}};
  for (const auto& [axis, value] : run.cell) {
    variables["CTESTBED_AXIS_" + VariableName(axis)] = value;
  }
  for (const NodeView& node : environment.nodes) {
    PutPorts(variables, node.name, node.endpoints);
    for (size_t i = 1; i < node.replicas.size(); ++i) {
      PutPorts(variables, node.replicas[i].name, node.replicas[i].endpoints);
    }
  }
  constexpr std::string_view kServices = "services.";
  for (const auto& [name, value] : TestValues(environment, run, id)) {
    if (!name.starts_with(kServices)) continue;
    variables["CTESTBED_SERVICE_" + VariableName(name.substr(kServices.size()))] = value;
  }
  return variables;
}

}  // namespace ctestbed

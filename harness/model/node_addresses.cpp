#include "model/node_addresses.h"

#include "base/text.h"

namespace ctestbed {
namespace {

std::string AddressOf(const PortAddress& port) {
  return port.host + ":" + port.number;
}

void PutReplica(std::map<std::string, std::string>& values, const std::string& name,
                const ReplicaAddresses& ports) {
  values[name + ".address"] = AddressOf(ports.front());
  values[name + ".host"] = ports.front().host;
  for (const PortAddress& port : ports) values[name + ".port." + port.port] = port.number;
}

}  // namespace

void PutAddresses(std::map<std::string, std::string>& values, const std::string& node,
                  const std::vector<ReplicaAddresses>& replicas) {
  std::vector<std::string> all;
  for (const ReplicaAddresses& ports : replicas) {
    if (ports.empty()) return;
    if (all.empty()) PutReplica(values, node, ports);
    all.push_back(AddressOf(ports.front()));
    PutReplica(values, node + "." + std::to_string(all.size()), ports);
  }
  if (!all.empty()) values[node + ".addresses"] = Join(all, ",");
}

}  // namespace ctestbed

// How `${...}` names the addresses of nodes, in presets and in suites alike.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ctestbed {

// A port of one replica, as it is reached.
struct PortAddress {
  std::string port;  // the port's name
  std::string host;
  std::string number;

  bool operator==(const PortAddress&) const = default;
};

// Of one replica, in the order of its ports: the first is the default one.
using ReplicaAddresses = std::vector<PortAddress>;

// Adds what a node's name stands for:
//   NODE.address, NODE.host, NODE.port.PORT         of the first replica
//   NODE.2.address, NODE.2.host, NODE.2.port.PORT   of any by its number, from 1
//   NODE.addresses                                  of all, separated by commas
// An address is HOST:NUMBER of the default port. Nothing for a node without ports.
void PutAddresses(std::map<std::string, std::string>& values, const std::string& node,
                  const std::vector<ReplicaAddresses>& replicas);

}  // namespace ctestbed

#include "supervisor/node_texts.h"

#include <algorithm>

namespace ctestbed {

const Port* FindPort(const Node& node, std::string_view name) {
  if (name.empty()) return node.ports.empty() ? nullptr : &node.ports.front();
  const auto found = std::find_if(node.ports.begin(), node.ports.end(),
                                  [&](const Port& port) { return port.name == name; });
  return found == node.ports.end() ? nullptr : &*found;
}

std::vector<NodeFacts> FactsOf(const Topology& topology) {
  std::vector<NodeFacts> facts;
  for (const Node& node : topology.nodes) {
    NodeFacts& fact = facts.emplace_back(
        NodeFacts{node.name, node.app_id, node.services, node.replicas, node.image, node.command});
    const bool in_container = !node.image.empty() || node.container.build;
    if (in_container) fact.opt_outs = OptOutsOf(node.container.security);
    for (const Port& port : node.ports) fact.ports.push_back(port.name);
    for (const auto& [name, state] : node.depends_on) fact.depends_on.push_back(name);
  }
  return facts;
}

Result<std::vector<std::string>> ExpandAll(const std::vector<std::string>& texts,
                                           const Lookup& lookup) {
  std::vector<std::string> expanded;
  for (const std::string& text : texts) {
    TRY(std::string value, Expand(text, lookup));
    expanded.push_back(std::move(value));
  }
  return expanded;
}

}  // namespace ctestbed

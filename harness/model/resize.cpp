#include "model/resize.h"

#include <algorithm>

namespace ctestbed {
namespace {

bool Mentions(const Node& node, const std::string& name) {
  const std::string reference = "${" + name + ".";
  const auto mentions = [&](const std::string& text) {
    return text.find(reference) != std::string::npos;
  };
  return std::any_of(node.command.begin(), node.command.end(), mentions) ||
         std::any_of(node.environment.begin(), node.environment.end(),
                     [&](const auto& variable) { return mentions(variable.second); });
}

}  // namespace

const Node* MovedUnder(const Node& node, const Topology& current, const Topology& desired) {
  for (const Node& peer : desired.nodes) {
    const Node* before = current.Find(peer.name);
    if (before == nullptr || !Mentions(node, peer.name)) continue;
    if (before->ports != peer.ports || before->replicas != peer.replicas) return &peer;
  }
  return nullptr;
}

bool OnlyResizes(const Node& node, const Topology& current, const Topology& desired) {
  const Node* before = current.Find(node.name);
  if (before == nullptr || before->replicas == node.replicas) return false;
  Node resized = *before;
  resized.replicas = node.replicas;
  return DigestOf(resized) == DigestOf(node) && MovedUnder(node, current, desired) == nullptr;
}

}  // namespace ctestbed

#include "model/topology.h"

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "base/json.h"

namespace ctestbed {
namespace {

// Text in which no two different values look alike: every part carries its length.
class Canonical {
 public:
  Canonical& operator<<(std::string_view part) {
    text_ += std::to_string(part.size()) + ":";
    text_ += part;
    return *this;
  }
  Canonical& operator<<(long number) { return *this << std::string_view(std::to_string(number)); }
  Canonical& operator<<(const Document& document) {
    *this << static_cast<long>(document.kind) << static_cast<long>(document.quoted) << document.text
          << static_cast<long>(document.items.size());
    for (const Document& item : document.items) *this << item;
    *this << static_cast<long>(document.entries.size());
    for (const Document::Entry& entry : document.entries) *this << entry.key.value << entry.value;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

Canonical& operator<<(Canonical& out, const std::vector<std::string>& texts) {
  out << static_cast<long>(texts.size());
  for (const std::string& text : texts) out << text;
  return out;
}

}  // namespace

std::string_view DependencyStateName(DependencyState state) {
  switch (state) {
    case DependencyState::kStarted:
      return "started";
    case DependencyState::kReady:
      return "ready";
    case DependencyState::kCompleted:
      break;
  }
  return "completed";
}

const Node* Topology::Find(std::string_view name) const {
  const auto found =
      std::find_if(nodes.begin(), nodes.end(), [&](const Node& node) { return node.name == name; });
  return found == nodes.end() ? nullptr : &*found;
}

std::string DigestOf(const Node& node) {
  Canonical text;
  text << node.name << node.app_id << node.image << node.working_directory << node.replicas
       << static_cast<long>(node.port_handoff) << node.stop.grace.count();
  text << node.command << node.args << node.services;
  for (const auto& [name, value] : node.environment) text << "env" << name << value;
  for (const Port& port : node.ports) text << "port" << port.name << port.number << port.host;
  for (const auto& [name, state] : node.depends_on)
    text << "dep" << name << static_cast<long>(state);
  if (node.ready) {
    text << node.ready->kind << node.ready->arguments << node.ready->port
         << node.ready->within.count() << node.ready->interval.count()
         << node.ready->timeout.count();
  }
  for (const auto& [name, mount] : node.mounts) {
    text << "mount" << name << static_cast<long>(mount.kind) << mount.source << mount.target
         << mount.digest << static_cast<long>(mount.read_only);
  }
  text << DumpJson(ToJson(node.container));
  if (node.reset) text << "reset" << DumpJson(ToJson(*node.reset));
  if (node.kind == NodeKind::kJob) text << "job" << node.timeout.count();
  return Sha256(text.text());
}

std::string DigestOf(const Topology& topology) {
  std::vector<std::string> digests;
  for (const Node& node : topology.nodes) digests.push_back(DigestOf(node));
  std::sort(digests.begin(), digests.end());
  Canonical text;
  text << digests;
  for (const auto& [name, network] : topology.networks) {
    text << "network" << name << static_cast<long>(network.internal);
  }
  for (const std::string& volume : topology.volumes) text << "volume" << volume;
  for (const SeedStep& step : topology.seed) text << DumpJson(ToJson(step));
  for (const auto& [name, source] : topology.secrets) {
    text << "secret" << name << DumpJson(ToJson(source));
  }
  text << topology.backends;
  for (const PrepareStep& step : topology.prepare) {
    text << "prepare" << step.command << step.directory;
    for (const auto& [name, value] : step.environment) text << name << value;
  }
  text << topology.timeouts.deploy.count() << topology.timeouts.teardown.count();
  return Sha256(text.text());
}

std::vector<std::string> StartOrder(const Topology& topology) {
  std::vector<std::string> order;
  std::set<std::string, std::less<>> placed;
  const auto can_start = [&](const Node& node) {
    return !placed.contains(node.name) &&
           std::all_of(node.depends_on.begin(), node.depends_on.end(), [&](const auto& dependency) {
             return placed.contains(dependency.first) || topology.Find(dependency.first) == nullptr;
           });
  };
  while (order.size() < topology.nodes.size()) {
    const auto next = std::find_if(topology.nodes.begin(), topology.nodes.end(), can_start);
    if (next == topology.nodes.end()) return {};
    order.push_back(next->name);
    placed.insert(next->name);
  }
  return order;
}

}  // namespace ctestbed

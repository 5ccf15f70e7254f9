#include "model/resolve.h"

#include <algorithm>

#include "model/matrix.h"

namespace ctestbed {
namespace {

void Put(Variables& into, const Variables& from) {
  for (const auto& [name, value] : from) into.insert_or_assign(name, value);
}

template <typename T>
void Replace(std::optional<T>& into, const std::optional<T>& from) {
  if (from) into = from;
}

void MergePorts(std::optional<std::vector<Port>>& into,
                const std::optional<std::vector<Port>>& from) {
  if (!from) return;
  if (!into) into.emplace();
  for (const Port& port : *from) {
    const auto same = std::find_if(into->begin(), into->end(),
                                   [&](const Port& old) { return old.name == port.name; });
    if (same == into->end()) {
      into->push_back(port);
    } else {
      *same = port;
    }
  }
}

void MergeInto(NodeOverlay& node, const NodeOverlay& change) {
  Replace(node.app_id, change.app_id);
  Replace(node.kind, change.kind);
  Replace(node.timeout, change.timeout);
  Replace(node.services, change.services);
  Replace(node.replicas, change.replicas);
  Replace(node.command, change.command);
  Replace(node.args, change.args);
  Replace(node.image, change.image);
  Replace(node.working_directory, change.working_directory);
  Put(node.environment, change.environment);
  MergePorts(node.ports, change.ports);
  Replace(node.port_handoff, change.port_handoff);
  Replace(node.ready, change.ready);
  for (const auto& [name, state] : change.depends_on) node.depends_on.insert_or_assign(name, state);
  Replace(node.stop, change.stop);
  Replace(node.reset, change.reset);
  for (const auto& [name, mount] : change.mounts) node.mounts.insert_or_assign(name, mount);
  MergeInto(node.container, change.container);
}

void MergeInto(std::vector<SeedStep>& seed, const SeedStep& step) {
  const auto same = std::find_if(seed.begin(), seed.end(), [&](const SeedStep& other) {
    return other.name.value == step.name.value;
  });
  if (same == seed.end()) {
    seed.push_back(step);
  } else {
    *same = step;
  }
}

// The nodes merged so far, and the environment that a node added from here on begins with.
struct Merge {
  std::vector<NodeOverlay> nodes;
  Variables everywhere;

  void Apply(const std::vector<NodeOverlay>& changes) {
    for (const NodeOverlay& change : changes) {
      auto node = std::find_if(nodes.begin(), nodes.end(), [&](const NodeOverlay& candidate) {
        return candidate.name.value == change.name.value;
      });
      if (node == nodes.end()) {
        nodes.push_back({.name = change.name, .environment = everywhere});
        node = std::prev(nodes.end());
      }
      MergeInto(*node, change);
    }
  }

  void ApplyEverywhere(const Variables& environment) {
    Put(everywhere, environment);
    for (NodeOverlay& node : nodes) Put(node.environment, environment);
  }
};

std::vector<std::string> Values(const std::vector<Located<std::string>>& texts) {
  std::vector<std::string> values;
  for (const auto& text : texts) values.push_back(text.value);
  return values;
}

std::string ValueOr(const std::optional<Located<std::string>>& text, const std::string& otherwise) {
  return text ? text->value : otherwise;
}

Node Flatten(const NodeOverlay& merged) {
  Node node;
  node.name = merged.name.value;
  node.app_id = ValueOr(merged.app_id, node.name);
  node.kind = merged.kind.value_or(NodeKind::kServer);
  node.timeout = merged.timeout.value_or(node.timeout);
  if (merged.services) node.services = Values(*merged.services);
  node.replicas = merged.replicas.value_or(1);
  if (merged.command) node.command = Values(*merged.command);
  if (merged.args) node.args = Values(*merged.args);
  node.image = ValueOr(merged.image, "");
  node.working_directory = ValueOr(merged.working_directory, "");
  for (const auto& [name, value] : merged.environment) node.environment[name] = value.value;
  node.ports = merged.ports.value_or(std::vector<Port>{});
  node.port_handoff = merged.port_handoff.value_or(PortHandoff::kHold);
  node.ready = merged.ready;
  for (const auto& [name, state] : merged.depends_on) node.depends_on[name] = state.value;
  node.stop = merged.stop.value_or(StopSpec{});
  node.reset = merged.reset;
  for (const auto& [name, mount] : merged.mounts) node.mounts[name] = mount.value;
  node.container = merged.container;
  return node;
}

Variables WithoutMarks(const std::map<std::string, std::string>& texts) {
  Variables environment;
  for (const auto& [name, value] : texts) environment[name] = {value, {}};
  return environment;
}

// The overlays of the axis values that `cell` chooses: the default where it does not name the axis,
// none for a value that the axis does not have.
std::vector<const Overlay*> ChosenIn(const Preset& preset, const Cell& cell) {
  std::vector<const Overlay*> overlays;
  for (const Axis& axis : preset.axes) {
    const auto chosen = cell.find(axis.name.value);
    const AxisValue* value =
        chosen == cell.end() ? &axis.values.front() : axis.Find(chosen->second);
    if (value != nullptr) overlays.push_back(&value->overlay);
  }
  return overlays;
}

std::vector<const Overlay*> OverlaysIn(const Preset& preset, const Cell& cell) {
  std::vector<const Overlay*> overlays;
  for (const Overlay& layer : preset.layers) overlays.push_back(&layer);
  for (const Overlay* chosen : ChosenIn(preset, cell)) overlays.push_back(chosen);
  return overlays;
}

}  // namespace

std::vector<NodeOverlay> MergedNodes(const Preset& preset, const Cell& cell, const Variables& suite,
                                     const Variables& host) {
  Merge merge{{}, host};
  for (const Overlay& layer : preset.layers) merge.ApplyEverywhere(layer.environment);
  for (const Overlay& layer : preset.layers) merge.Apply(layer.nodes);
  for (const Overlay* overlay : ChosenIn(preset, cell)) {
    merge.ApplyEverywhere(overlay->environment);
    merge.Apply(overlay->nodes);
  }
  merge.ApplyEverywhere(suite);
  return std::move(merge.nodes);
}

Topology DeclarationsOf(const Preset& preset, const Cell& cell) {
  Topology topology;
  for (const Overlay* overlay : OverlaysIn(preset, cell)) {
    for (const auto& [name, network] : overlay->networks) {
      topology.networks.insert_or_assign(name, network);
    }
    topology.volumes.insert(overlay->volumes.begin(), overlay->volumes.end());
    for (const SeedStep& step : overlay->seed) MergeInto(topology.seed, step);
    for (const auto& [name, source] : overlay->secrets) {
      topology.secrets.insert_or_assign(name, source);
    }
  }
  return topology;
}

Topology Resolve(const Preset& preset, const Cell& cell,
                 const std::map<std::string, std::string>& suite_environment,
                 const std::map<std::string, std::string>& host_environment) {
  Topology topology = DeclarationsOf(preset, cell);
  topology.backends = Values(preset.backends);
  topology.prepare = preset.prepare;
  for (PrepareStep& step : topology.prepare) step.environment = host_environment;
  topology.timeouts = preset.timeouts;
  for (const NodeOverlay& node :
       MergedNodes(preset, cell, WithoutMarks(suite_environment), WithoutMarks(host_environment))) {
    topology.nodes.push_back(Flatten(node));
  }
  return topology;
}

std::map<std::string, std::string> EnvironmentOf(const Suite& suite, const Preset& preset,
                                                 const Cell& cell) {
  std::map<std::string, std::string> environment;
  for (const auto& [name, value] : suite.environment) environment[name] = value.value;
  for (const MatrixOverride& change : suite.matrix.overrides) {
    if (!Matches(change.when, preset, cell)) continue;
    for (const auto& [name, value] : change.environment) environment[name] = value.value;
  }
  return environment;
}

}  // namespace ctestbed

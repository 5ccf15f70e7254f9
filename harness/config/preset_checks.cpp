#include "config/preset_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/references.h"
#include "model/matrix.h"
#include "model/resolve.h"

namespace ctestbed {
namespace {

constexpr size_t kMostCheckedCells = 256;
constexpr size_t kMostMistakes = 100;    // then further cells are not looked at
constexpr size_t kMostWork = 2'000'000;  // likewise, see WorkOn
constexpr size_t kMostPorts = 4096;

using Nodes = std::vector<NodeOverlay>;

struct LabelledCell {
  Cell cell;
  std::string label;  // how a message names it; empty for the default cell
};

// Default cell first, then those with one other value, as these name a culprit best.
std::vector<LabelledCell> CellsToCheck(const Preset& preset) {
  const Cell standard = DefaultCell(preset);
  std::vector<LabelledCell> cells{{standard, ""}};
  for (const Axis& axis : preset.axes) {
    for (const AxisValue& value : axis.values) {
      Cell cell = standard;
      cell[axis.name.value] = value.name.value;
      if (cell == standard) continue;
      cells.push_back({cell, fmt::format("{}={}", axis.name.value, value.name.value)});
    }
  }
  if (CountCells(preset) > kMostCheckedCells) return cells;
  for (Cell& cell : CellsOf(preset)) cells.push_back({cell, CellName(cell)});
  return cells;
}

// The map in which the value at `mark` stands, or null.
const Document* MapAround(const Document& document, const SourceMark& mark) {
  for (const Document::Entry& entry : document.entries) {
    if (entry.value.mark == mark) return &document;
    if (const Document* found = MapAround(entry.value, mark)) return found;
  }
  for (const Document& item : document.items) {
    if (const Document* found = MapAround(item, mark)) return found;
  }
  return nullptr;
}

// The mark of `keys`, one inside the other, in the map in which the value at `mark` stands; `mark`
// itself where there is no such thing.
SourceMark Beside(const DocumentsByFile& documents, const SourceMark& mark,
                  const std::vector<std::string>& keys) {
  const auto file = documents.find(mark.file);
  const Document* at = file == documents.end() ? nullptr : MapAround(*file->second, mark);
  for (const std::string& key : keys) at = at == nullptr ? nullptr : at->Find(key);
  return at == nullptr ? mark : at->mark;
}

std::vector<std::string> NamesOf(const Nodes& nodes) {
  std::vector<std::string> names;
  for (const NodeOverlay& node : nodes) names.push_back(node.name.value);
  return names;
}

// Those of all replicas.
size_t CountPorts(const Nodes& nodes) {
  size_t count = 0;
  for (const NodeOverlay& node : nodes) {
    if (node.ports) count += node.ports->size() * static_cast<size_t>(node.replicas.value_or(1));
  }
  return count;
}

// About how many things the checks of `nodes` look at: each node may name every port.
size_t WorkOn(const Nodes& nodes) {
  size_t work = nodes.size() * CountPorts(nodes);
  for (const NodeOverlay& node : nodes) work += 1 + node.environment.size();
  return work;
}

const NodeOverlay* FindNode(const Nodes& nodes, const std::string& name) {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const NodeOverlay& node) { return node.name.value == name; });
  return found == nodes.end() ? nullptr : &*found;
}

void CheckProgram(const NodeOverlay& node, const Report& report) {
  if (node.command || node.image || node.container.build) return;
  report(node.name.mark,
         fmt::format("node {} has neither a command nor an image", Quote(node.name.value)),
         "add run: {command: [PROGRAM, ARGUMENT...]}");
}

// The others of a node's replicas are called by its name and their number.
void CheckReplicaNames(const NodeOverlay& node, const Nodes& nodes, const Report& report) {
  for (int replica = 2; replica <= node.replicas.value_or(1); ++replica) {
    const std::string name = fmt::format("{}.{}", node.name.value, replica);
    const NodeOverlay* other = FindNode(nodes, name);
    if (other == nullptr) continue;
    report(other->name.mark,
           fmt::format("node {} has the name of replica {} of node {}", Quote(name), replica,
                       Quote(node.name.value)),
           "give it another name");
  }
}

bool IsJob(const NodeOverlay& node) {
  return node.kind == NodeKind::kJob;
}

void CheckJob(const NodeOverlay& node, const Report& report) {
  if (IsJob(node) && node.ready) {
    report(node.ready->arguments.mark,
           fmt::format("node {} is a job, which is never ready", Quote(node.name.value)),
           "it has completed when it ends with exit code 0; leave 'ready' out");
  }
  if (!IsJob(node) && node.timeout) {
    report(node.name.mark,
           fmt::format("node {} is no job, but has a 'timeout'", Quote(node.name.value)),
           "write ready: {within: DURATION}, or kind: job");
  }
}

// A job completes and is never ready; a server is ready and never completes.
void CheckAwaited(const NodeOverlay& node, const NodeOverlay& needed,
                  const Located<DependencyState>& state, const Report& report) {
  const std::string name = Quote(needed.name.value);
  if (IsJob(needed) && state.value != DependencyState::kCompleted) {
    report(state.mark,
           fmt::format("node {} waits for job {} to be {}", Quote(node.name.value), name,
                       DependencyStateName(state.value)),
           fmt::format("a job completes: write depends_on: {{{}: completed}}", needed.name.value));
  }
  if (!IsJob(needed) && state.value == DependencyState::kCompleted) {
    report(state.mark,
           fmt::format("node {} waits for node {} to complete, which is no job",
                       Quote(node.name.value), name),
           fmt::format("write {{{}: ready}}, or kind: job there", needed.name.value));
  }
}

// `what` is how messages call the step.
void CheckWork(const SeedStep& step, const std::string& what, const NodeOverlay& node,
               const Nodes& nodes, const Topology& declared, const Report& report) {
  std::vector<std::string> ports;
  for (const Port& port : node.ports.value_or(std::vector<Port>{})) ports.push_back(port.name);
  const bool asks = step.todo.exec.empty();
  if (asks && ports.empty()) {
    report(step.node.mark,
           fmt::format("{}: node {} has no port to ask", what, Quote(node.name.value)),
           "add ports: {http: 8080} to it");
  } else if (!step.port.empty() &&
             std::find(ports.begin(), ports.end(), step.port) == ports.end()) {
    report(
        step.node.mark,
        fmt::format("{}: node {} has no port {}", what, Quote(node.name.value), Quote(step.port)),
        DidYouMean(step.port, ports, "ports"));
  }
  CheckStepReferences(step, node, nodes, declared, report);
}

void CheckStep(const SeedStep& step, const Nodes& nodes, const Topology& declared,
               const Report& report) {
  const NodeOverlay* node = FindNode(nodes, step.node.value);
  const std::string name = Quote(step.name.value);
  if (node == nullptr) {
    report(step.node.mark,
           fmt::format("step {} is about unknown node {}", name, Quote(step.node.value)),
           DidYouMean(step.node.value, NamesOf(nodes), "nodes"));
    return;
  }
  if (IsJob(*node)) {
    report(step.node.mark,
           fmt::format("step {} is about job {}, which has ended by then", name,
                       Quote(step.node.value)),
           "name a node that runs");
    return;
  }
  CheckWork(step, "step " + name, *node, nodes, declared, report);
}

void CheckReset(const NodeOverlay& node, const Nodes& nodes, const Topology& declared,
                const Report& report) {
  if (!node.reset) return;
  if (IsJob(node)) {
    report(node.reset->node.mark,
           fmt::format("node {} is a job: nothing of it is left to reset", Quote(node.name.value)),
           "it runs again when a node that it depends on is reset");
    return;
  }
  CheckWork(*node.reset, fmt::format("reset of node {}", Quote(node.name.value)), node, nodes,
            declared, report);
}

void CheckDependencies(const NodeOverlay& node, const Nodes& nodes, const Report& report) {
  for (const auto& [name, state] : node.depends_on) {
    if (const NodeOverlay* needed = FindNode(nodes, name)) {
      CheckAwaited(node, *needed, state, report);
      continue;
    }
    report(state.mark,
           fmt::format("node {} depends on unknown node {}", Quote(node.name.value), Quote(name)),
           DidYouMean(name, NamesOf(nodes), "nodes"));
  }
}

void CheckServices(const Nodes& nodes, const Report& report) {
  std::map<std::string, std::string> hosts;
  for (const NodeOverlay& node : nodes) {
    if (!node.services) continue;
    for (const auto& service : *node.services) {
      const auto [host, is_new] = hosts.try_emplace(service.value, node.name.value);
      if (is_new || host->second == node.name.value) continue;
      report(service.mark,
             fmt::format("service {} is hosted by node {} and by node {}", Quote(service.value),
                         Quote(host->second), Quote(node.name.value)),
             "give it to one of them");
    }
  }
}

// The checks of ports, which the model keeps without marks.
class PortChecks {
 public:
  PortChecks(const DocumentsByFile& documents, const Vocabulary& vocabulary, const Report& report)
      : documents_(documents), vocabulary_(vocabulary), report_(report) {}

  void CheckNode(const NodeOverlay& node) {
    for (const Port& port : node.ports.value_or(std::vector<Port>{})) {
      if (port.host != 0) CheckPinned(node, port);
    }
    if (node.ready && !node.ready->port.empty()) {
      CheckProbed(node, *node.ready);
    } else if (node.ready && vocabulary_.port_probes.contains(node.ready->kind) &&
               (!node.ports || node.ports->empty())) {
      report_(node.ready->arguments.mark,
              fmt::format("node {} has no port for the probe {} to ask", Quote(node.name.value),
                          Quote(node.ready->kind)),
              "add ports: {NAME: NUMBER}");
    }
  }

 private:
  void CheckPinned(const NodeOverlay& node, const Port& port) {
    const auto mark = [&] {
      return Beside(documents_, node.name.mark, {"ports", port.name, "host"});
    };
    const std::string name = node.name.value + "." + port.name;
    const auto [owner, is_new] = pinned_.try_emplace(port.host, name);
    if (!is_new) {
      report_(mark(),
              fmt::format("host port {} of {} is that of {} already", port.host, Quote(name),
                          Quote(owner->second)),
              "choose another, or leave 'host' out for a free one");
    } else if (node.replicas.value_or(1) > 1) {
      report_(mark(),
              fmt::format("{} replicas of node {} cannot share host port {}", *node.replicas,
                          Quote(node.name.value), port.host),
              "leave 'host' out for free ones");
    }
  }

  void CheckProbed(const NodeOverlay& node, const ProbeSpec& probe) {
    std::vector<std::string> names;
    for (const Port& port : node.ports.value_or(std::vector<Port>{})) names.push_back(port.name);
    if (std::find(names.begin(), names.end(), probe.port) != names.end()) return;
    report_(
        Beside(documents_, probe.arguments.mark, {"port"}),
        fmt::format("node {} has no port {} to probe", Quote(node.name.value), Quote(probe.port)),
        DidYouMean(probe.port, names, "ports"));
  }

  const DocumentsByFile& documents_;
  const Vocabulary& vocabulary_;
  const Report& report_;
  std::map<int, std::string> pinned_;  // host port -> node.port
};

// Finds a cycle by walking dependencies depth first; each node is entered once.
class CycleCheck {
 public:
  CycleCheck(const Nodes& nodes, const Report& report) : nodes_(nodes), report_(report) {}

  void Visit(const NodeOverlay& node) {
    if (!entered_.insert(node.name.value).second) return;
    path_.push_back(node.name.value);
    for (const auto& [name, state] : node.depends_on) {
      const auto start = std::find(path_.begin(), path_.end(), name);
      if (start != path_.end()) {
        std::vector<std::string> cycle(start, path_.end());
        cycle.push_back(name);
        report_(state.mark, fmt::format("dependency cycle: {}", Join(cycle, " -> ")),
                "remove one of these dependencies");
      } else if (const NodeOverlay* next = FindNode(nodes_, name)) {
        Visit(*next);
      }
    }
    path_.pop_back();
  }

 private:
  const Nodes& nodes_;
  const Report& report_;
  std::vector<std::string> path_;
  std::set<std::string> entered_;
};

// That what a node uses is declared.
void CheckUses(const NodeOverlay& node, const Topology& declared, const Report& report) {
  for (const NetworkUse& use : node.container.networks.value_or(std::vector<NetworkUse>())) {
    if (declared.networks.contains(use.name)) continue;
    std::vector<std::string> names;
    for (const auto& [name, network] : declared.networks) names.push_back(name);
    report(
        node.name.mark,
        fmt::format("node {} is in undeclared network {}", Quote(node.name.value), Quote(use.name)),
        names.empty() ? fmt::format("declare it by topology: {{networks: {{{}: {{}}}}}}", use.name)
                      : DidYouMean(use.name, names, "networks"));
  }
  for (const auto& [name, mount] : node.mounts) {
    const std::string& volume = mount.value.source;
    if (mount.value.kind != MountKind::kVolume || declared.volumes.contains(volume)) continue;
    report(mount.mark, fmt::format("undeclared volume {}", Quote(volume)),
           declared.volumes.empty()
               ? fmt::format("declare it by topology: {{volumes: {{{}: {{}}}}}}", volume)
               : DidYouMean(volume, {declared.volumes.begin(), declared.volumes.end()}, "volumes"));
  }
}

void CheckNodes(const Nodes& nodes, const Topology& declared, const DocumentsByFile& documents,
                const Vocabulary& vocabulary, const Report& report) {
  PortChecks ports(documents, vocabulary, report);
  CycleCheck cycles(nodes, report);
  for (const NodeOverlay& node : nodes) {
    CheckProgram(node, report);
    CheckReplicaNames(node, nodes, report);
    CheckDependencies(node, nodes, report);
    CheckJob(node, report);
    CheckReset(node, nodes, declared, report);
    CheckNodeReferences(node, nodes, declared, report);
    CheckUses(node, declared, report);
    ports.CheckNode(node);
    cycles.Visit(node);
  }
  CheckServices(nodes, report);
}

// What a message adds about the preset and cell that show a mistake.
std::string Circumstances(const Preset& preset, const std::string& label, const SourceMark& mark) {
  std::string text;
  if (mark.file != preset.file) text += fmt::format(" in preset {}", Quote(preset.name.value));
  if (!label.empty()) text += " when " + label;
  return text;
}

}  // namespace

bool CheckPreset(const Preset& preset, const DocumentsByFile& documents,
                 const Vocabulary& vocabulary, Diagnostics& problems) {
  std::set<std::string> reported;
  size_t work = 0;
  for (const auto& [cell, label] : CellsToCheck(preset)) {
    const Nodes nodes = MergedNodes(preset, cell, {}, {});
    if (work > kMostWork) break;
    work += WorkOn(nodes);
    const Report report = [&, &when = label](const SourceMark& mark, const std::string& message,
                                             const std::string& hint) {
      const std::string key =
          fmt::format("{}:{}:{} {}", mark.file, mark.line, mark.column, message);
      if (!reported.insert(key).second) return;
      problems.Error(mark, message + Circumstances(preset, when, mark), hint);
    };
    if (CountPorts(nodes) > kMostPorts) {
      report(preset.name.mark,
             fmt::format("preset {} has over {} ports, each replica's counted",
                         Quote(preset.name.value), kMostPorts),
             "lower 'replicas', or leave ports out");
      break;
    }
    if (nodes.empty()) {
      report(preset.name.mark, fmt::format("preset {} has no nodes", Quote(preset.name.value)),
             "add topology: {nodes: [{name: NAME, run: {command: [...]}}]}");
    }
    const Topology declared = DeclarationsOf(preset, cell);
    CheckNodes(nodes, declared, documents, vocabulary, report);
    for (const SeedStep& step : declared.seed) CheckStep(step, nodes, declared, report);
    if (reported.size() > kMostMistakes) break;
  }
  return reported.empty();
}

}  // namespace ctestbed

#include "model/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "model/resize.h"

namespace ctestbed {
namespace {

void Note(std::vector<std::string>& reasons, std::string_view what, const std::string& before,
          const std::string& after) {
  if (before == after) return;
  reasons.push_back(fmt::format("{} {} -> {}", what, before.empty() ? "none" : Quote(before),
                                after.empty() ? "none" : Quote(after)));
}

void NoteEnvironment(std::vector<std::string>& reasons, const Node& before, const Node& after) {
  for (const auto& [name, value] : after.environment) {
    const auto old = before.environment.find(name);
    Note(reasons, name, old == before.environment.end() ? "" : old->second, value);
  }
  for (const auto& [name, value] : before.environment) {
    if (!after.environment.contains(name)) Note(reasons, name, value, "");
  }
}

// Why `after` cannot reuse what runs as `before`.
std::string Difference(const Node& before, const Node& after) {
  std::vector<std::string> reasons;
  Note(reasons, "command", ShellCommand(before.command), ShellCommand(after.command));
  Note(reasons, "arguments", ShellCommand(before.args), ShellCommand(after.args));
  Note(reasons, "image", before.image, after.image);
  Note(reasons, "services", Join(before.services, ","), Join(after.services, ","));
  Note(reasons, "replicas", std::to_string(before.replicas), std::to_string(after.replicas));
  NoteEnvironment(reasons, before, after);
  if (before.ports != after.ports) reasons.emplace_back("ports changed");
  if (before.mounts != after.mounts) reasons.emplace_back("mounts changed");
  if (before.depends_on != after.depends_on) reasons.emplace_back("dependencies changed");
  if (reasons.empty()) reasons.emplace_back("configuration changed");
  return Join(reasons, "; ");
}

}  // namespace

std::string_view ChangeActionName(ChangeAction action) {
  switch (action) {
    case ChangeAction::kKeep:
      return "keep";
    case ChangeAction::kReset:
      return "reset";
    case ChangeAction::kStart:
      return "start";
    case ChangeAction::kStop:
      return "stop";
    case ChangeAction::kRestart:
      break;
  }
  return "restart";
}

std::string_view RenewalName(Renewal renewal) {
  switch (renewal) {
    case Renewal::kNone:
      return "none";
    case Renewal::kReset:
      return "reset";
    case Renewal::kRestart:
      break;
  }
  return "restart";
}

Renewal RenewalFromName(std::string_view name) {
  for (const Renewal renewal : {Renewal::kReset, Renewal::kRestart}) {
    if (RenewalName(renewal) == name) return renewal;
  }
  return Renewal::kNone;
}

std::set<std::string> RestartedByReset(const Topology& topology) {
  std::set<std::string> restarted;
  std::vector<std::string> order = StartOrder(topology);
  std::reverse(order.begin(), order.end());
  for (const std::string& name : order) {
    const Node& node = *topology.Find(name);
    const bool is_awaited = std::any_of(
        restarted.begin(), restarted.end(),
        [&](const std::string& other) { return topology.Find(other)->depends_on.contains(name); });
    if (node.kind == NodeKind::kJob ? is_awaited : !node.reset) restarted.insert(name);
  }
  return restarted;
}

void Renew(std::vector<Change>& changes, const Topology& desired, Renewal renewal,
           std::string_view why) {
  if (renewal == Renewal::kNone) return;
  const std::set<std::string> restarted =
      renewal == Renewal::kReset ? RestartedByReset(desired) : std::set<std::string>{};
  for (Change& change : changes) {
    if (change.action != ChangeAction::kKeep) continue;
    if (renewal == Renewal::kRestart || restarted.contains(change.node)) {
      change = {change.node, ChangeAction::kRestart, std::string(why)};
    } else if (desired.Find(change.node)->reset) {
      change = {change.node, ChangeAction::kReset, std::string(why)};
    }
  }
}

void Renew(Change& change, const Node& node, std::string_view why) {
  if (change.action != ChangeAction::kKeep) return;
  change = {change.node, node.reset ? ChangeAction::kReset : ChangeAction::kRestart,
            std::string(why)};
}

std::vector<Change> ChangesBetween(const Topology& current, const Topology& desired) {
  std::vector<Change> changes;
  for (const Node& node : desired.nodes) {
    const Node* before = current.Find(node.name);
    if (before == nullptr) {
      changes.push_back({node.name, ChangeAction::kStart, "not running"});
    } else if (const Node* moved = MovedUnder(node, current, desired)) {
      changes.push_back({node.name, ChangeAction::kRestart,
                         fmt::format("the addresses of node {} change", Quote(moved->name))});
    } else if (DigestOf(*before) == DigestOf(node)) {
      changes.push_back({node.name, ChangeAction::kKeep, "unchanged"});
    } else {
      changes.push_back({node.name, ChangeAction::kRestart, Difference(*before, node)});
    }
  }
  for (const Node& node : current.nodes) {
    if (desired.Find(node.name) == nullptr) {
      changes.push_back({node.name, ChangeAction::kStop, "not part of the next environment"});
    }
  }
  RunJobsAgain(changes, desired);
  return changes;
}

void RunJobsAgain(std::vector<Change>& changes, const Topology& desired) {
  std::map<std::string, Change*> by_node;
  for (Change& change : changes) by_node[change.node] = &change;
  for (const std::string& name : StartOrder(desired)) {
    const Node& node = *desired.Find(name);
    Change& change = *by_node.at(name);
    if (node.kind != NodeKind::kJob || change.action != ChangeAction::kKeep) continue;
    for (const auto& [needed, state] : node.depends_on) {
      const auto found = by_node.find(needed);
      if (found == by_node.end() || found->second->action == ChangeAction::kKeep) continue;
      change = {name, ChangeAction::kRestart,
                fmt::format("node {}, which it needs, changes", Quote(needed))};
    }
  }
}

}  // namespace ctestbed

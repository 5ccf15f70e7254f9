#include "report/html/deployments.h"

#include <algorithm>
#include <set>

#include "report/wording.h"

namespace ctestbed {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class DeploymentFold {
 public:
  void Add(const Event& event) {
    switch (event.kind) {
      case EventKind::kEnvironmentDeploying:
        Deploy(event);
        return;
      case EventKind::kNodeStarting:
        live_[event.environment][event.node] = {
            event.node, event.log, event.endpoints, {}, event.image};
        return;
      case EventKind::kNodeReady:
        ready_[event.environment][event.node] = event.duration;
        return;
      case EventKind::kNodeFailed:
        live_[event.environment][event.node].name = event.node;
        live_[event.environment][event.node].failure = event.message;
        TakeInstances(event.environment);
        return;
      case EventKind::kEnvironmentReady:
      case EventKind::kEnvironmentFailed:
        End(event);
        return;
      default:
        return;
    }
  }

  std::vector<Configuration> Finish() {
    for (const std::string& environment : deploying_) TakeInstances(environment);
    return std::move(configurations_);
  }

 private:
  void Deploy(const Event& event) {
    const auto [found, is_new] =
        index_.try_emplace(EnvironmentName(event.preset, event.cell), configurations_.size());
    if (is_new) configurations_.push_back({event.preset, event.cell});
    current_[event.environment] = found->second;
    deploying_.insert(event.environment);
    for (const Change& change : event.changes) {
      const bool stays =
          change.action == ChangeAction::kKeep || change.action == ChangeAction::kReset;
      if (!stays) Forget(event.environment, change.node);
    }
    Configuration& configuration = configurations_[found->second];
    ++configuration.deploys;
    configuration.failure.clear();
    configuration.nodes.clear();
    for (const NodeFacts& facts : event.nodes) configuration.nodes.push_back({facts, {}, {}});
    if (is_new) {
      for (const Change& change : event.changes) {
        if (change.action != ChangeAction::kKeep) configuration.changes.push_back(change);
      }
    }
  }

  void End(const Event& event) {
    const auto current = current_.find(event.environment);
    if (current == current_.end()) return;
    deploying_.erase(event.environment);
    configurations_[current->second].took = event.duration;
    configurations_[current->second].failure = event.message;
    TakeInstances(event.environment);
  }

  // What is known of a node that is not kept is about its last start.
  void Forget(const std::string& environment, const std::string& node) {
    ready_[environment].erase(node);
    std::erase_if(live_[environment],
                  [&](const auto& instance) { return IsInstanceOf(instance.first, node); });
  }

  // Of nodes that were kept, what is known is older than the deploy.
  void TakeInstances(const std::string& environment) {
    const auto current = current_.find(environment);
    if (current == current_.end()) return;
    for (NodeStory& node : configurations_[current->second].nodes) {
      node.instances.clear();
      for (const auto& [name, instance] : live_[environment]) {
        if (IsInstanceOf(name, node.facts.name)) node.instances.push_back(instance);
      }
      const auto ready = ready_[environment].find(node.facts.name);
      if (ready != ready_[environment].end()) node.ready_after = ready->second;
    }
  }

  // An instance is called by the node's name, followed by a number for all but the first.
  // Should another node be called like that, an instance is shown with both.
  static bool IsInstanceOf(std::string_view name, std::string_view node) {
    if (!name.starts_with(node)) return false;
    name.remove_prefix(node.size());
    return name.empty() ||
           ((name.front() == '-' || name.front() == '.') && IsDigits(name.substr(1)));
  }

  std::vector<Configuration> configurations_;
  std::map<std::string, size_t> index_;    // by EnvironmentName
  std::map<std::string, size_t> current_;  // environment id -> what it is now
  std::set<std::string> deploying_;        // ids
  std::map<std::string, std::map<std::string, InstanceStory>> live_;
  std::map<std::string, std::map<std::string, Duration>> ready_;
};

}  // namespace

std::vector<Configuration> FoldDeployments(const std::vector<Event>& events) {
  DeploymentFold fold;
  for (const Event& event : events) fold.Add(event);
  return fold.Finish();
}

}  // namespace ctestbed

#include "plan/superset.h"

#include <algorithm>
#include <map>
#include <set>

namespace ctestbed {
namespace {

template <typename Map>
bool HasEntriesOf(const Map& large, const Map& small) {
  return std::all_of(small.begin(), small.end(), [&](const auto& entry) {
    const auto found = large.find(entry.first);
    return found != large.end() && found->second == entry.second;
  });
}

std::set<std::string> DigestsOf(const Topology& topology) {
  std::set<std::string> digests;
  for (const Node& node : topology.nodes) digests.insert(DigestOf(node));
  return digests;
}

}  // namespace

bool Contains(const Topology& large, const Topology& small) {
  const std::set<std::string> has = DigestsOf(large);
  const std::set<std::string> needs = DigestsOf(small);
  return std::includes(has.begin(), has.end(), needs.begin(), needs.end()) &&
         std::includes(large.volumes.begin(), large.volumes.end(), small.volumes.begin(),
                       small.volumes.end()) &&
         HasEntriesOf(large.networks, small.networks) &&
         HasEntriesOf(large.secrets, small.secrets) && large.seed == small.seed &&
         large.prepare == small.prepare && large.backends == small.backends;
}

void JoinSupersets(std::vector<ExpandedRun>& runs, const std::vector<Suite>& suites) {
  std::set<std::string> modest;
  for (const Suite& suite : suites) {
    if (suite.superset) modest.insert(suite.name.value);
  }
  if (modest.empty()) return;
  // Environments that stay, by number of nodes; those of modest runs are asked from the largest on,
  // so that one that stays can take in the next.
  std::vector<const ExpandedRun*> staying;
  std::vector<ExpandedRun*> moving;
  for (ExpandedRun& run : runs) {
    if (run.fresh) continue;
    if (modest.contains(run.run.suite)) {
      moving.push_back(&run);
    } else {
      staying.push_back(&run);
    }
  }
  const auto nodes = [](const ExpandedRun* run) { return run->topology->nodes.size(); };
  std::stable_sort(moving.begin(), moving.end(),
                   [&](const auto* a, const auto* b) { return nodes(a) > nodes(b); });
  for (ExpandedRun* run : moving) {
    const ExpandedRun* best = nullptr;
    for (const ExpandedRun* other : staying) {
      if (best != nullptr && nodes(other) >= nodes(best)) continue;
      const bool same = other->environment == run->environment;
      if (same || Contains(*other->topology, *run->topology)) best = other;
    }
    if (best != nullptr) {
      run->topology = best->topology;
      run->environment = best->environment;
      run->preset = best->preset;
      run->cell = best->cell;
    }
    staying.push_back(run);
  }
}

}  // namespace ctestbed

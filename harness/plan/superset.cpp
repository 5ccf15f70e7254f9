#include "plan/superset.h"

#include <algorithm>
#include <map>
#include <set>

namespace ctestbed {
namespace {

// An environment by one of its runs, with the digests of its nodes.
struct Place {
  const ExpandedRun* run;
  std::set<std::string> nodes;
};

Place PlaceOf(const ExpandedRun& run) {
  Place place{&run, {}};
  for (const Node& node : run.topology->nodes) place.nodes.insert(DigestOf(node));
  return place;
}

template <typename Items>
bool Includes(const Items& large, const Items& small) {
  return std::all_of(small.begin(), small.end(), [&](const auto& item) {
    return std::find(large.begin(), large.end(), item) != large.end();
  });
}

bool Contains(const Place& large, const Place& small) {
  const Topology& has = *large.run->topology;
  const Topology& needs = *small.run->topology;
  return std::includes(large.nodes.begin(), large.nodes.end(), small.nodes.begin(),
                       small.nodes.end()) &&
         Includes(has.volumes, needs.volumes) && Includes(has.networks, needs.networks) &&
         Includes(has.secrets, needs.secrets) && has.seed == needs.seed &&
         has.prepare == needs.prepare && has.backends == needs.backends;
}

// The smallest of `places` that contains `small`; null when there is none.
const ExpandedRun* SmallestAround(const Place& small, const std::vector<Place>& places) {
  const Place* best = nullptr;
  for (const Place& place : places) {
    if (best != nullptr && place.nodes.size() >= best->nodes.size()) continue;
    if (Contains(place, small)) best = &place;
  }
  return best == nullptr ? nullptr : best->run;
}

}  // namespace

void JoinSupersets(std::vector<ExpandedRun>& runs, const std::vector<Suite>& suites) {
  std::set<std::string> modest;
  for (const Suite& suite : suites) {
    if (suite.superset) modest.insert(suite.name.value);
  }
  if (modest.empty()) return;
  std::map<std::string, Place> needed;  // environments, by digest
  std::map<std::string, std::vector<ExpandedRun*>> movable;
  for (ExpandedRun& run : runs) {
    if (run.renewal != Renewal::kNone) continue;
    if (modest.contains(run.run.suite)) {
      movable[run.environment].push_back(&run);
    } else if (!needed.contains(run.environment)) {
      needed.emplace(run.environment, PlaceOf(run));
    }
  }
  std::vector<Place> places;
  std::vector<Place> asking;
  for (const auto& [digest, place] : needed) places.push_back(place);
  for (const auto& [digest, moving] : movable) {
    if (!needed.contains(digest)) asking.push_back(PlaceOf(*moving.front()));
  }
  // From the largest on, so that one that stays can take in the next.
  std::stable_sort(asking.begin(), asking.end(),
                   [](const Place& a, const Place& b) { return a.nodes.size() > b.nodes.size(); });
  for (const Place& small : asking) {
    const ExpandedRun* larger = SmallestAround(small, places);
    if (larger == nullptr) {
      places.push_back(small);
      continue;
    }
    for (ExpandedRun* run : movable.at(small.run->environment)) {
      run->topology = larger->topology;
      run->environment = larger->environment;
      run->preset = larger->preset;
      run->cell = larger->cell;
    }
  }
}

}  // namespace ctestbed

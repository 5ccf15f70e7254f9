// Which nodes an environment configuration has, and what became of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/event.h"

namespace ctestbed {

// One instance of a node, by its last start.
struct InstanceStory {
  std::string name;  // "main", "main.2"
  std::string log;   // directory, relative to the results
  std::map<std::string, std::string> endpoints;
  std::string failure;
  std::string image = {};  // its id

  bool operator==(const InstanceStory&) const = default;
};

struct NodeStory {
  NodeFacts facts;
  Duration ready_after{0};  // zero: not known, or not ready
  std::vector<InstanceStory> instances;

  bool operator==(const NodeStory&) const = default;
};

struct Configuration {
  std::string preset;
  Cell cell;
  int deploys = 0;               // all, those that failed included
  Duration took{0};              // the last
  std::string failure;           // of the last deploy, or what broke since
  std::vector<NodeStory> nodes;  // by the last deploy; empty in streams without topology
  std::vector<Change> changes;   // of the first deploy, those that keep a node left out

  bool operator==(const Configuration&) const = default;
};

// In the order of their first deploy.
std::vector<Configuration> FoldDeployments(const std::vector<Event>& events);

}  // namespace ctestbed

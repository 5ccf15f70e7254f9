#include "model/estimates.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace ctestbed {
namespace {

Duration Coarse(Duration time) {
  return Duration{
      std::bit_floor(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)))};
}

}  // namespace

std::string PresetNode(const std::string& preset, const std::string& node) {
  return preset + "/" + node;
}

NodeEstimate Estimates::Of(const std::string& digest, const std::string& preset,
                           const std::string& name) const {
  if (const auto found = nodes.find(digest); found != nodes.end()) return found->second;
  for (const std::string& parent : {PresetNode(preset, name), name}) {
    const auto found = nodes_by_name.find(parent);
    if (found != nodes_by_name.end()) return found->second;
  }
  return {};
}

RunEstimate Estimates::Of(const Run& run) const {
  if (const auto found = runs.find(RunName(run)); found != runs.end()) return found->second;
  const auto found = runs_by_suite.find(run.suite);
  return found == runs_by_suite.end() ? RunEstimate() : found->second;
}

Estimates Coarse(Estimates estimates) {
  for (auto* nodes : {&estimates.nodes, &estimates.nodes_by_name}) {
    for (auto& [key, node] : *nodes) {
      for (Duration* time : {&node.start, &node.stop, &node.reset}) *time = Coarse(*time);
    }
  }
  for (auto* runs : {&estimates.runs, &estimates.runs_by_suite}) {
    for (auto& [key, run] : *runs) run.duration = Coarse(run.duration);
  }
  return estimates;
}

}  // namespace ctestbed

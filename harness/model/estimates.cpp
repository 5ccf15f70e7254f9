#include "model/estimates.h"

namespace ctestbed {

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

}  // namespace ctestbed

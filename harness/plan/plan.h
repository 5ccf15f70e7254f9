// From presets and suites to a plan: which environments are brought up in which order, and which
// runs each serves. Pure; touches no backend.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/plan.h"
#include "model/preset.h"
#include "model/suite.h"

namespace ctestbed {

// What to run; an empty part selects everything. Names and values may be globs (`*`, `?`).
struct Selection {
  std::vector<std::string> runs;            // RunName
  std::vector<std::string> suites;          // names
  std::vector<std::string> presets;         // names
  std::map<std::string, std::string> cell;  // axis -> value; a run without the axis does not match

  bool operator==(const Selection&) const = default;
};

// Presets and suites without mistakes; a suite may need a preset that is not there, and has no runs
// on it then.
struct PlanInput {
  std::vector<Preset> presets;
  std::vector<Suite> suites;
  std::map<std::string, std::string> host_environment;  // what every node gets
};

// Every run in declared order: suites as they come, presets as a suite lists them, cells as
// ChoicesOf lists them. An axis left open (`any`) takes a value whose environment another run
// needs anyway, else its default.
std::vector<Run> ExpandRuns(const PlanInput& input);

// The selected runs in batches, one per environment and one per run that wants it fresh, spread
// over at most so many lanes, 1 to kMostLanes. Every run of a suite that another one comes `after`
// is before all of that other's, or in another lane; this alone can bring an environment up twice.
// kInvalid when a part of the selection matches no run, or all parts together match none, or lanes
// would be in each other's way.
Result<Plan> MakePlan(const PlanInput& input, const Selection& selection, int lanes = 1);

}  // namespace ctestbed

// From presets and suites to a plan: which environments are brought up in which order, and which
// runs each serves. Pure; touches no backend.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/estimates.h"
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

// How to plan, beside what.
struct PlanSettings {
  int lanes = 1;                // at most so many; 0: as many as pay, at most `most_lanes`
  int most_lanes = kMostLanes;  // more, where lanes are jobs of their own
  Duration lane_start{0};       // what another lane costs before its first environment
  // What all environments that are alive together may ask for by `resources`, in bytes and
  // thousandths of a processor; 0: any amount. What a node does not say counts for nothing.
  std::int64_t memory = 0;
  int cpus = 0;
  Estimates estimates;  // of nodes and runs
  // Seconds of change that it is worth to see a failure a second earlier; 0: the least change.
  double fail_first = 0;
  uint64_t seed = 1;
};

// Every run in declared order: suites as they come, presets as a suite lists them, cells as
// ChoicesOf or the covering array lists them. Axes left open (`any`) take values whose environments
// serve many runs, else their defaults. kInvalid when the cells of a suite cannot be covered.
Result<std::vector<Run>> ExpandRuns(const PlanInput& input);

// The selected runs in batches, one per environment and one per run that wants it renewed, in an
// order that costs little, never more than the declared one. Every run of a suite that another one
// comes `after` is before all of that other's, in the same lane. The same input, selection and
// settings give the same plan anywhere. kInvalid when a part of the selection matches no run, or
// all parts together match none, or lanes would be in each other's way.
Result<Plan> MakePlan(const PlanInput& input, const Selection& selection,
                      const PlanSettings& settings = {});

}  // namespace ctestbed

// Suites as runs whose environment is known.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/plan.h"
#include "plan/plan.h"

namespace ctestbed {

struct ExpandedRun {
  Run run;
  std::shared_ptr<const Topology> topology;  // never null; runs of one environment may share it
  std::string environment;                   // DigestOf(*topology)
  Renewal renewal = Renewal::kNone;
  // Whose topology that is: the run's own, or that of a larger environment (superset.h).
  std::string preset;
  Cell cell;
};

struct Expansion {
  std::vector<ExpandedRun> runs;
  std::vector<CoverageOutcome> coverage;
};

// The runs that `selection` leaves, in declared order; see ExpandRuns.
Result<Expansion> Expand(const PlanInput& input, const Selection& selection,
                         const Estimates& estimates);

}  // namespace ctestbed

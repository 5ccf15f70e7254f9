// What the steps of a ctest run work on: the plan that its session step leaves for them, presets
// and suites as they stood when that ctest began. So a step costs the same however many files there
// are, and none meets an edit that came in between. Where no session step ran, the files are read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/ctest_session.h"
#include "supervisor/broker.h"

namespace ctestbed {

struct PlannedWork {
  Demand demand;
  std::vector<Run> runs;
};

struct PlannedRun {
  Demand demand;
  Run run;
  Suite suite;
  std::map<std::string, std::string> host_environment;  // for test programs
};

// Leaves the plan in the directory of the session, with which it goes.
Status StorePlan(Program& program, const CTestOptions& options, const SessionHandle& session,
                 const CTestProject& project);

// The batch of that name; nothing when there is none any more.
Result<std::optional<PlannedWork>> FindWork(Program& program, const CTestOptions& options,
                                            const CTestOwner& owner, const std::string& batch);

// The run of that name; kInvalid when there is none any more.
Result<PlannedRun> FindPlannedRun(Program& program, const CTestOptions& options,
                                  const CTestOwner& owner, const std::string& run);

}  // namespace ctestbed

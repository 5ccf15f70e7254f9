// The tests that CTest sees, as a script in the language that CTest reads at its start.
#pragma once

#include <string>
#include <vector>

#include "cli/ctest_project.h"
#include "cli/ctest_session.h"

namespace ctestbed {

struct ListingOptions {
  CTestOptions common;
  CTestTree tree;
  std::vector<std::string> labels;  // of all tests
  Duration deploy_budget{0};        // for one environment; 0: by the `within` of its nodes
  bool parallel = false;            // whether ctest is sure to run tests in parallel
};

// One test per run, and the fixtures around them:
//
//   PREFIXctestbed.session          starts the session of this ctest run
//   PREFIXctestbed.up.B01-BATCH     waits for the environment of a batch, and holds it
//   PREFIXRUN                       a run
//   PREFIXctestbed.down.B01-BATCH   lets go of it
//   PREFIXctestbed.report           ends the session
//   PREFIXNAME.discovery            fails with what is wrong with a preset or suite
//
// COST makes CTest walk them in the order of the plan. An `up` comes after the one before it in its
// lane and, when tests run in parallel, after every `down` before it there: CTest would start all
// `up`s first. Serially that would take it exponential time to sort, and is not needed.
std::string RenderListing(const CTestProject& project, const ListingOptions& options);

// The words of a command line that calls `step` of this program with the options it needs.
std::vector<std::string> StepCommand(const std::vector<std::string>& step,
                                     const CTestOptions& options);

}  // namespace ctestbed

// The steps of a ctest run: what the generated tests do. Any of them may come first, twice, or not
// at all; the supervisor keeps order.
#pragma once

#include "cli/ctest_session.h"

namespace ctestbed {

// Clears up after dead sessions, starts this one, plans the runs that ctest has selected.
ExitCode SessionStep(Program& program, const CTestOptions& options, const CTestTree& tree);
// Waits for the environment of a batch, and holds it for the runs to come.
ExitCode UpStep(Program& program, const CTestOptions& options, const std::string& batch);
// Executes a run.
ExitCode RunStep(Program& program, const CTestOptions& options, const std::string& run);
// Lets go of the environment of a batch.
ExitCode DownStep(Program& program, const CTestOptions& options, const std::string& batch);
// Ends the session, says how it went and where the results are.
ExitCode ReportStep(Program& program, const CTestOptions& options);
// Fails with what is wrong with a preset or suite.
ExitCode DiscoveryStep(Program& program, const CTestOptions& options, const std::string& name);

}  // namespace ctestbed

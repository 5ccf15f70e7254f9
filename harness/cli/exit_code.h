// What every ctestbed command ends with. CTest tests of ours use the same numbers.
#pragma once

#include "base/result.h"

namespace ctestbed {

enum class ExitCode {
  kPassed = 0,              // everything asked for was done; all tests passed
  kTestsFailed = 1,         // a test failed, or has no verdict
  kBadInput = 2,            // wrong files, options or arguments
  kEnvironmentFailed = 3,   // an environment could not be had, or broke under a test
  kBackendUnavailable = 4,  // the backend asked for is not there
  kUnsupported = 5,         // this backend can never do this
  kLeftovers = 6,           // something is left after teardown
  kSkipped = 77,            // for CTest: not run, for a reason reported elsewhere
  kHangup = 129,            // ended by SIGHUP
  kInterrupted = 130,       // ended by SIGINT
  kTerminated = 143,        // ended by SIGTERM
};

// Of an error outside of a test. `kEnvironment` and its like come from deployments.
ExitCode ExitCodeFor(const Error& error);

}  // namespace ctestbed

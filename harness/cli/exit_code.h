// What every ctestbed command ends with. CTest tests of ours use the same numbers.
#pragma once

#include <array>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

enum class ExitCode {
  kPassed = 0,
  kTestsFailed = 1,
  kBadInput = 2,
  kEnvironmentFailed = 3,
  kBackendUnavailable = 4,
  kUnsupported = 5,
  kLeftovers = 6,
  kSkipped = 77,
  kHangup = 129,
  kInterrupted = 130,
  kTerminated = 143,
};

struct ExitCodeEntry {
  ExitCode code;
  std::string_view help;
};

inline constexpr std::array<ExitCodeEntry, 11> kExitCodes{{
    {ExitCode::kPassed, "everything asked for was done; all tests passed"},
    {ExitCode::kTestsFailed, "a test failed, or has no verdict"},
    {ExitCode::kBadInput, "wrong files, options or arguments"},
    {ExitCode::kEnvironmentFailed, "an environment could not be had, or broke under a test"},
    {ExitCode::kBackendUnavailable, "the backend asked for is not there"},
    {ExitCode::kUnsupported, "this backend can never do this"},
    {ExitCode::kLeftovers, "something is left after teardown"},
    {ExitCode::kSkipped, "skipped, for a reason reported elsewhere (CTest)"},
    {ExitCode::kHangup, "ended by SIGHUP"},
    {ExitCode::kInterrupted, "ended by SIGINT"},
    {ExitCode::kTerminated, "ended by SIGTERM"},
}};

// Of an error outside of a test. `kEnvironment` and its like come from deployments.
ExitCode ExitCodeFor(const Error& error);

}  // namespace ctestbed

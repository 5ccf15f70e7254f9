#include "cli/exit_code.h"

namespace ctestbed {

ExitCode ExitCodeFor(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kInvalid:
    case ErrorKind::kNotFound:
      return ExitCode::kBadInput;
    case ErrorKind::kUnavailable:
      return ExitCode::kBackendUnavailable;
    case ErrorKind::kUnsupported:
      return ExitCode::kUnsupported;
    case ErrorKind::kBlocked:
      return ExitCode::kSkipped;
    case ErrorKind::kCancelled:
      return ExitCode::kInterrupted;
    case ErrorKind::kConflict:
    case ErrorKind::kTimeout:
    case ErrorKind::kEnvironment:
    case ErrorKind::kInternal:
      break;
  }
  return ExitCode::kEnvironmentFailed;
}

}  // namespace ctestbed

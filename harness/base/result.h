// Errors as values. Every fallible function of ctestbed returns Result<T>; no exception crosses a
// folder edge.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace ctestbed {

// Few kinds, so that a caller can decide what to do; what happened is said by the message.
enum class ErrorKind {
  kInvalid,      // the input is wrong: a file, an option, a request
  kNotFound,     // a named thing does not exist
  kConflict,     // the thing is in a state, or in someone else's hands, that forbids this
  kUnavailable,  // a backend or peer cannot be reached
  kUnsupported,  // this driver can never do this
  kTimeout,      // the deadline passed
  kCancelled,    // somebody asked to stop
  kEnvironment,  // a node of an environment failed
  kBlocked,      // what this needs has failed before, and was reported then
  kInternal,     // a bug of ours or a fault of the machine (disk full, out of descriptors)
};

// Lower-case name of `kind`, as it stands in the control protocol and in JSON.
std::string_view ErrorKindName(ErrorKind kind);
// The reverse; kInternal for a word that is no kind.
ErrorKind ErrorKindFromName(std::string_view name);

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  // One line, lower case, no full stop: names the thing, quotes values, says what was expected.
  std::string message;
  // Further lines where they help: the command line, the last lines of a log.
  std::string detail;
  // The node concerned, if one is.
  std::string node;

  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> Fail(ErrorKind kind, std::string message, std::string detail = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(detail), {}});
}

}  // namespace ctestbed

#define CTESTBED_CONCAT_(a, b) a##b
#define CTESTBED_CONCAT(a, b) CTESTBED_CONCAT_(a, b)

// TRY(auto file, Open(path)); declares `file` as the value, or returns the error to the caller.
#define TRY(declaration, expression)                                \
  auto CTESTBED_CONCAT(try_result_, __LINE__) = (expression);       \
  if (!CTESTBED_CONCAT(try_result_, __LINE__))                      \
    return tl::unexpected<::ctestbed::Error>(                       \
        std::move(CTESTBED_CONCAT(try_result_, __LINE__)).error()); \
  declaration = std::move(*CTESTBED_CONCAT(try_result_, __LINE__))

// TRY_DO(Write(path)); returns the error to the caller, if there is one.
#define TRY_DO(expression)                         \
  if (auto try_status = (expression); !try_status) \
  return tl::unexpected<::ctestbed::Error>(std::move(try_status).error())

// The session of the ctest run that this process is part of.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "cli/ctest_project.h"
#include "cli/session.h"
#include "io/process_table.h"

namespace ctestbed {

// The ctest process that runs this test, and the session that belongs to it and to the prefix:
// "ctest-PID-START" or, with a prefix, "ctest-PID-START-HASH".
struct CTestOwner {
  ProcessIdentity process;
  std::string session;
};
// kInvalid when no ctest is among the ancestors of this process.
Result<CTestOwner> FindOwner(const CTestOptions& options);

// Where its results go.
std::string ResultsOf(const CTestOptions& options, const CTestOwner& owner);

// The session of this ctest run, started when there is none: any step may be the first.
Result<ConnectedSession> OpenSession(Program& program, const CTestOptions& options,
                                     const CTestOwner& owner);

// The same if there is one, for steps that start none; kNotFound.
Result<SessionHandle> FindOwnSession(Program& program, const CTestOptions& options);

// Prints why there is no session, or no more.
ExitCode ComplainOfSession(Program& program, const Error& error);

// Remembers which tests of a session ctest runs (names without prefix).
Status WriteSelection(FileSystem& files, const SessionHandle& session,
                      const std::set<std::string>& names);
// Empty when it is not known.
std::optional<std::set<std::string>> ReadSelection(FileSystem& files, const std::string& results);

// Set in the environment of a ctest that is only asked which tests it would run.
inline constexpr const char* kAskingVariable = "CTESTBED_ASKING";

struct CTestTree {
  std::string build;  // top directories of the project that ctest runs
  std::string source;
};

// The tests that the owner runs, by asking another ctest with the same arguments. It works in the
// directory of the session, since ctest empties its log where it is called. An error when it cannot
// be found out.
Result<std::set<std::string>> AskForSelection(Program& program, const SessionHandle& session,
                                              const CTestOwner& owner, const CTestTree& tree,
                                              const std::string& prefix);

}  // namespace ctestbed

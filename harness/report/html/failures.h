// What went wrong, the first cause first, alike things together.
#pragma once

#include <string>
#include <vector>

#include "report/results.h"

namespace ctestbed {

struct FailureView {
  Verdict verdict = Verdict::kFailed;
  std::string title;  // of the case, or what happened to which environment
  std::string run;    // RunName; empty for an environment
  SourceMark mark;
  Duration duration{0};
  std::string message;
  std::string detail;
  std::vector<LogWindow> logs;
  std::vector<std::string> blocked;  // runs that could not start because of it
  size_t case_index = 0;             // among all cases of all runs in order; for a case

  bool operator==(const FailureView&) const = default;
};

// Failures whose messages differ in numbers only.
struct FailureGroup {
  std::string message;  // of the first
  std::vector<FailureView> failures;

  bool operator==(const FailureGroup&) const = default;
};

// Environments before cases, since what broke them is the cause of what followed; else in order.
std::vector<FailureGroup> GroupFailures(const Results& results);

// One line that says why the session is no success; empty for one that is.
std::string FirstCause(const Results& results);

}  // namespace ctestbed

// A suite of the command tester, as read from its file.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/source_mark.h"
#include "model/event.h"
#include "model/suite.h"

namespace ctestbed {

struct CommandSuite {
  enum class Format {
    kJunit,     // the program writes a JUnit file
    kGtest,     // the same, asked for by GoogleTest's option
    kTap,       // the program says TAP on its standard output
    kExitCode,  // the program is one case: 0 passed, 77 skipped, else failed
  };
  std::vector<Located<std::string>> command;  // argv; may hold references
  std::vector<std::pair<Located<std::string>, Located<std::string>>> variables;
  std::string junit = "results.xml";  // in the work directory
  Format format = Format::kJunit;
  std::map<int, Verdict> exit_codes;  // of kExitCode, beside the usual ones

  // "accounts_gtest": the program without its directory.
  std::string Program() const;
  // Whether it leaves a JUnit file.
  bool WritesJunit() const { return format == Format::kJunit || format == Format::kGtest; }
};

// Reads them strictly; `problems` gets every mistake. What it returns may run only if there are
// none.
CommandSuite ReadCommandSuite(const Suite& suite, Diagnostics& problems);

}  // namespace ctestbed

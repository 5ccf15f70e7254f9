// Reads the Test Anything Protocol, versions 12 to 14 (testanything.org).
#pragma once

#include <string_view>

#include "tester/command/program_results.h"

namespace ctestbed {

// Strict where a lost test could pass for a green one: a missing or second plan, another count than
// planned, numbers out of order, an unfinished YAML block and "Bail out!" are a `problem`; so a
// test that passed although one of its subtests failed is failed. "1..0 # SKIP why" is one skipped
// case. SKIP and TODO of a test that is not ok skip it; a TODO that is ok has passed. Diagnostics
// ("# ..."), YAML blocks and subtests become the detail of a failed case. What is no TAP is the
// program's own affair. Texts are made safe for a terminal.
ProgramResults ReadTap(std::string_view text);

}  // namespace ctestbed

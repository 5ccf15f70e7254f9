// Reads JUnit files as programs write them: any root, nested suites, several failures in a case.
#pragma once

#include <string_view>

#include "tester/command/program_results.h"

namespace ctestbed {

// Cases are named "classname.name". Counts that the file gives are not looked at. A document type
// is refused (`problem`), since no test program needs one. Texts are made safe for a terminal.
ProgramResults ReadJunit(std::string_view xml);

}  // namespace ctestbed

// Reads JUnit files as programs write them: any root, nested suites, several failures in a case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tester/tester.h"

namespace ctestbed {

inline constexpr size_t kMostJunitBytes = 25U << 20U;

struct JunitFile {
  std::vector<CaseResult> cases;  // in order; names "classname.name", made unique by " #2"
  std::string problem;  // what is wrong with it, else empty; the cases before the spot are there
};

// Counts that the file gives are not looked at. A document type is refused (`problem`), since no
// test program needs one. Texts are made safe for a terminal.
JunitFile ReadJunit(std::string_view xml);

}  // namespace ctestbed

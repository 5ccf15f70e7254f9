// Writes the listing of tests that CTest includes at its start, and says which file to include.
#pragma once

#include <string>

#include "cli/ctest_listing.h"

namespace ctestbed {

struct ListOptions {
  ListingOptions listing;
  std::string output;  // FILE.cmake
};

// Prints the path of the listing to include. CTest re-runs failed tests by their numbers
// (LastTestsFailed.log), so that `ctest --rerun-failed` gets the listing of the run that failed:
//
//   FILE.cmake           of the last ctest that ran tests
//   FILE.failed.cmake    of the last ctest that wrote LastTestsFailed.log, if that was another one
//   FILE.preview.cmake   of the last ctest that only listed tests
ExitCode ListTests(Program& program, ListOptions options);

}  // namespace ctestbed

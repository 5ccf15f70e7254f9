// Comparison with a file that a person has reviewed.
#pragma once

#include <string>
#include <string_view>

namespace ctestbed {

// Expects `actual` to be the content of the file `path`. With CTESTBED_UPDATE_GOLDEN=1 in the
// environment the file is written instead, so that the change can be reviewed as a diff.
void ExpectGolden(std::string_view actual, const std::string& path);

}  // namespace ctestbed

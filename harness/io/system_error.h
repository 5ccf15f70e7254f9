// Errors of the operating system as ours.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

// The text of an errno value, beginning in lower case: "no such file or directory".
std::string ErrnoText(int number);

// "cannot WHAT: no such file or directory", e.g. for `what` "read 'a.yaml'". kNotFound for ENOENT
// and ENOTDIR, else kInternal.
tl::unexpected<Error> SystemError(std::string_view what, int number);

}  // namespace ctestbed

// Directories that nobody else may look into, and names that nobody else has.
#pragma once

#include <string>

#include "base/result.h"

namespace ctestbed {

// Makes `path` (and missing parents) with mode 0700. kInvalid when it exists but is a link, no
// directory, or not ours; an existing one of ours gets mode 0700.
Status MakePrivateDirectory(const std::string& path);

// 16 hexadecimal digits from the kernel's random source.
std::string UniqueToken();

int OwnUser();                   // numeric user id
std::string OwnProgram();        // absolute path of the running program
std::string CurrentDirectory();  // absolute

}  // namespace ctestbed

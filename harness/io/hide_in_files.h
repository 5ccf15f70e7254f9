// Secrets that programs have printed, taken out of files that are kept.
#pragma once

#include <string>

#include "base/mask.h"
#include "io/file_system.h"

namespace ctestbed {

// Rewrites a file without what `mask` hides. An absent one is fine; one that cannot be read or
// rewritten is removed. Nobody may be writing to it.
void HideInFile(FileSystem& files, const std::string& path, const Mask& mask);

// The same for every file below a directory of the real file system. Links are not followed.
void HideInFilesBelow(FileSystem& files, const std::string& directory, const Mask& mask);

}  // namespace ctestbed

// Archives as engines take them: GNU tar, of files, directories and links, without times and
// owners, so that equal content makes equal archives. Source: tar(5). Pure.
#pragma once

#include <string>
#include <string_view>

#include "io/file_system.h"

namespace ctestbed {

// Puts one entry at the end of `archive`. `path` is relative; other types than files, directories
// and links are not to be given. `content` is that of a file.
void AppendTar(std::string& archive, const std::string& path, const FileFacts& facts,
               std::string_view content);
// What every archive ends with.
void EndTar(std::string& archive);

}  // namespace ctestbed

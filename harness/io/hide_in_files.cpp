#include "io/hide_in_files.h"

#include <filesystem>

namespace ctestbed {

namespace fs = std::filesystem;

void HideInFile(FileSystem& files, const std::string& path, const Mask& mask) {
  const auto text = files.Read(path);
  if (!text) {
    if (text.error().kind != ErrorKind::kNotFound) static_cast<void>(files.Remove(path));
    return;
  }
  const std::string hidden = mask(*text);
  if (hidden != *text && !files.Write(path, hidden)) static_cast<void>(files.Remove(path));
}

void HideInFilesBelow(FileSystem& files, const std::string& directory, const Mask& mask) {
  if (mask.empty()) return;
  std::vector<std::string> paths;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(directory, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->symlink_status().type() == fs::file_type::regular) paths.push_back(at->path().string());
  }
  for (const std::string& path : paths) HideInFile(files, path, mask);
}

}  // namespace ctestbed

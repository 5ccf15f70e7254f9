#include "io/private_directory.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include "base/text.h"

namespace ctestbed {

Status MakePrivateDirectory(const std::string& path) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return Fail(ErrorKind::kInternal,
                fmt::format("cannot make directory {}: {}", Quote(path), std::strerror(errno)));
  }
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != getuid()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} is not a directory of this user's own", Quote(path)));
  }
  if ((info.st_mode & 0777U) != 0700 && chmod(path.c_str(), 0700) != 0) {
    return Fail(ErrorKind::kInternal,
                fmt::format("cannot protect {}: {}", Quote(path), std::strerror(errno)));
  }
  return {};
}

std::string UniqueToken() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof(number), 0) != sizeof(number)) {
    number = static_cast<std::uint64_t>(getpid()) << 32U;  // only before the kernel is seeded
  }
  return fmt::format("{:016x}", number);
}

int OwnUser() {
  return static_cast<int>(getuid());
}

std::string OwnProgram() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

std::string CurrentDirectory() {
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

}  // namespace ctestbed

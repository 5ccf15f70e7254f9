#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/text.h"
#include "io/descriptor.h"
#include "io/file_system.h"
#include "io/system_error.h"

namespace ctestbed {
namespace {

namespace fs = std::filesystem;

// A name beside `path` that no other thread or process uses.
std::string TemporaryBeside(const std::string& path) {
  static std::atomic<unsigned> count{0};
  const fs::path name(path);
  return (name.parent_path() /
          fmt::format(".{}.{}-{}.tmp", name.filename().string(), ::getpid(), count++))
      .string();
}

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno != EINTR) return false;
    content.remove_prefix(static_cast<size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

// False with errno set.
bool WriteFile(const std::string& path, std::string_view content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  return file && WriteAll(file.Get(), content) && ::fsync(file.Get()) == 0;
}

bool IsDirectory(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

class RealFileSystem final : public FileSystem {
 public:
  Result<std::string> Read(const std::string& path, size_t most) const override {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return SystemError("read " + Quote(path), errno);
    std::string content;
    std::array<char, 65536> chunk{};
    for (;;) {
      const ssize_t count = ::read(file.Get(), chunk.data(), chunk.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return SystemError("read " + Quote(path), errno);
      if (count == 0) return content;
      content.append(chunk.data(), static_cast<size_t>(count));
      if (content.size() > most) {
        return Fail(ErrorKind::kInvalid,
                    fmt::format("{} is larger than {} bytes", Quote(path), most));
      }
    }
  }

  Result<std::string> ReadPart(const std::string& path, std::uint64_t offset,
                               size_t most) const override {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return SystemError("read " + Quote(path), errno);
    std::string content(most, '\0');
    size_t filled = 0;
    while (filled < most) {
      const ssize_t count = ::pread(file.Get(), content.data() + filled, most - filled,
                                    static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return SystemError("read " + Quote(path), errno);
      if (count == 0) break;
      filled += static_cast<size_t>(count);
    }
    content.resize(filled);
    return content;
  }

  Result<std::uint64_t> Size(const std::string& path) const override {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return SystemError("read " + Quote(path), errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Status Write(const std::string& path, std::string_view content) override {
    TRY_DO(MakeParent(path));
    const std::string temporary = TemporaryBeside(path);
    if (WriteFile(temporary, content) && ::rename(temporary.c_str(), path.c_str()) == 0) return {};
    return GiveUp("write " + Quote(path), temporary);
  }

  Result<std::vector<std::string>> List(const std::string& directory) const override {
    std::error_code problem;
    fs::directory_iterator entry(directory, problem);
    std::vector<std::string> names;
    for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
      names.push_back(entry->path().filename().string());
    }
    if (problem) return SystemError("list " + Quote(directory), problem.value());
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<FileFacts> Look(const std::string& path) const override {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return SystemError("look at " + Quote(path), errno);
    FileFacts facts{FileType::kOther, static_cast<unsigned>(status.st_mode) & 0777U};
    if (S_ISREG(status.st_mode)) facts.type = FileType::kFile;
    if (S_ISDIR(status.st_mode)) facts.type = FileType::kDirectory;
    if (!S_ISLNK(status.st_mode)) return facts;
    std::error_code problem;
    facts.type = FileType::kLink;
    facts.target = fs::read_symlink(path, problem).string();
    if (problem) return SystemError("look at " + Quote(path), problem.value());
    return facts;
  }

  bool Exists(const std::string& path) const override {
    std::error_code ignored;
    return fs::exists(path, ignored);
  }

  Status MakeDirectories(const std::string& path) override {
    for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
      const std::string part = path.substr(0, end);
      const int number = ::mkdir(part.c_str(), 0700) == 0 ? 0 : errno;
      if (number != 0 && !IsDirectory(part)) {
        return SystemError("make directory " + Quote(part), number);
      }
      if (end == std::string::npos) return {};
    }
  }

  Status OpenToAll(const std::string& path) override {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return SystemError("open to all " + Quote(path), errno);
    const mode_t mode = S_ISDIR(status.st_mode) ? 0777 : (status.st_mode & 0777) | 0444;
    if (::chmod(path.c_str(), mode) != 0) return SystemError("open to all " + Quote(path), errno);
    return {};
  }

  Status Remove(const std::string& path) override {
    std::error_code problem;
    // "link/" would name what the link points at.
    const fs::path name(path);
    fs::remove_all(name.has_filename() ? name : name.parent_path(), problem);
    if (problem) return SystemError("remove " + Quote(path), problem.value());
    return {};
  }

  Status Link(const std::string& target, const std::string& link) override {
    TRY_DO(MakeParent(link));
    const std::string temporary = TemporaryBeside(link);
    if (::symlink(target.c_str(), temporary.c_str()) == 0 &&
        ::rename(temporary.c_str(), link.c_str()) == 0) {
      return {};
    }
    return GiveUp("link " + Quote(link), temporary);
  }

 private:
  Status MakeParent(const std::string& path) {
    const std::string parent = fs::path(path).parent_path().string();
    return parent.empty() ? Status() : MakeDirectories(parent);
  }

  static tl::unexpected<Error> GiveUp(const std::string& what, const std::string& temporary) {
    const int number = errno;
    ::unlink(temporary.c_str());
    return SystemError(what, number);
  }
};

}  // namespace

std::unique_ptr<FileSystem> MakeRealFileSystem() {
  return std::make_unique<RealFileSystem>();
}

}  // namespace ctestbed

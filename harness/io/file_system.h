// Files, behind an interface with an in-memory double.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ctestbed {

enum class FileType { kFile, kDirectory, kLink, kOther };

// What is at a path, itself and not what it may point at.
struct FileFacts {
  FileType type = FileType::kFile;
  unsigned mode = 0644;     // the lowest nine bits of st_mode
  std::string target = {};  // of a link, as it was given

  bool operator==(const FileFacts&) const = default;
};

// Paths are UTF-8, absolute or relative to the working directory. Thread-safe when real.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // The whole file; kNotFound, or kInvalid when it is larger than `most` bytes.
  virtual Result<std::string> Read(const std::string& path, size_t most = 64U << 20U) const = 0;
  // Up to `most` bytes of the file from `offset` on; fewer only where it ends.
  virtual Result<std::string> ReadPart(const std::string& path, std::uint64_t offset,
                                       size_t most) const = 0;
  // Bytes of the file now; kNotFound.
  virtual Result<std::uint64_t> Size(const std::string& path) const = 0;
  // Replaces the file in one step (temporary file, rename). Makes missing directories.
  virtual Status Write(const std::string& path, std::string_view content) = 0;
  // Names in a directory, sorted, without "." and ".."; kNotFound.
  virtual Result<std::vector<std::string>> List(const std::string& directory) const = 0;
  virtual Result<FileFacts> Look(const std::string& path) const = 0;  // kNotFound
  virtual bool Exists(const std::string& path) const = 0;
  virtual Status MakeDirectories(const std::string& path) = 0;  // mode 0700
  // Lets every user read a file, or read and change a directory: what is mounted into a container
  // is used by a user of its own, whom directories above it do not concern.
  virtual Status OpenToAll(const std::string& path) = 0;
  // Removes a file or a whole tree; links are not followed. Absent is fine.
  virtual Status Remove(const std::string& path) = 0;
  // Makes `link` point at `target`, replacing it in one step.
  virtual Status Link(const std::string& target, const std::string& link) = 0;
};

std::unique_ptr<FileSystem> MakeRealFileSystem();

// In memory; `files` maps normal paths ("a/b.txt") to content and may be inspected and filled
// directly while no other thread uses the file system; its methods are thread-safe.
class FakeFileSystem final : public FileSystem {
 public:
  Result<std::string> Read(const std::string& path, size_t most = 64U << 20U) const override;
  Result<std::string> ReadPart(const std::string& path, std::uint64_t offset,
                               size_t most) const override;
  Result<std::uint64_t> Size(const std::string& path) const override;
  Status Write(const std::string& path, std::string_view content) override;
  Result<std::vector<std::string>> List(const std::string& directory) const override;
  // Files have mode 0644, unless `modes` says another, directories 0755.
  Result<FileFacts> Look(const std::string& path) const override;
  bool Exists(const std::string& path) const override;
  Status MakeDirectories(const std::string& path) override;
  Status OpenToAll(const std::string& path) override;
  Status Remove(const std::string& path) override;
  Status Link(const std::string& target, const std::string& link) override;

  std::map<std::string, std::string> files;
  std::map<std::string, unsigned> modes;
  bool disk_full = false;  // every Write fails

 private:
  std::string Resolve(const std::string& path) const;
  bool IsDirectory(const std::string& path) const;
  void AddDirectories(const std::string& path);

  mutable std::mutex mutex_;
  std::set<std::string> directories_;         // made, or once needed by a file
  std::map<std::string, std::string> links_;  // path to target as given
};

}  // namespace ctestbed

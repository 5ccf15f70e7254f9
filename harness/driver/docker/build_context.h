// The directory that an image is built from, as an engine wants it.
// Source: https://docs.docker.com/build/concepts/context/ (.dockerignore).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/file_system.h"

namespace ctestbed {

// What a .dockerignore keeps out. Pure.
class IgnoreRules {
 public:
  // Lines of patterns with *, ? and **; the last that fits a path or a directory above it decides,
  // and "!" lets in again.
  explicit IgnoreRules(std::string_view text);
  bool Excludes(const std::string& path) const;  // relative, without "./"
  // Whether something below an excluded directory may be let in again.
  bool HasExceptions() const;

 private:
  struct Rule {
    std::vector<std::string> parts;
    bool excludes = true;
  };
  std::vector<Rule> rules_;
};

// A tar archive of `directory`, sorted, without what its .dockerignore keeps out; `file`, by which
// it is built, is always in it. kInvalid over 256 MiB or 100'000 files, with advice.
Result<std::string> PackContext(const FileSystem& files, const std::string& directory,
                                const std::string& file);

}  // namespace ctestbed

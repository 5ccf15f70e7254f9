#include "driver/docker/build_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/glob.h"
#include "base/text.h"
#include "driver/docker/tar.h"

namespace ctestbed {
namespace {

constexpr size_t kMostBytes = 256U << 20U;
constexpr size_t kMostFiles = 100'000;
constexpr std::string_view kIgnoreFile = ".dockerignore";

bool PathFits(std::span<const std::string> pattern, std::span<const std::string> path) {
  // Row by row, so that many ** take no more time than one.
  std::vector<bool> fits(path.size() + 1, false);  // the pattern so far fits the first N parts
  fits[0] = true;
  for (const std::string& part : pattern) {
    std::vector<bool> next(path.size() + 1, false);
    for (size_t i = 0; i <= path.size(); ++i) {
      if (part == "**") {
        next[i] = fits[i] || (i > 0 && next[i - 1]);
      } else if (i > 0) {
        next[i] = fits[i - 1] && MatchesGlob(part, path[i - 1]);
      }
    }
    fits = next;
  }
  return fits[path.size()];
}

std::vector<std::string> PartsOf(std::string_view path) {
  std::vector<std::string> parts;
  for (std::string& part : Split(path, '/')) {
    if (!part.empty() && part != ".") parts.push_back(std::move(part));
  }
  return parts;
}

class Packer {
 public:
  Packer(const FileSystem& files, std::string directory, std::string file, IgnoreRules rules)
      : files_(files),
        directory_(std::move(directory)),
        file_(std::move(file)),
        rules_(std::move(rules)) {}

  // `below` is empty or ends with a slash.
  Status Add(const std::string& below) {
    TRY(const std::vector<std::string> names, files_.List(directory_ + "/" + below));
    for (const std::string& name : names) TRY_DO(AddOne(below + name));
    return {};
  }

  std::string Finish() {
    EndTar(archive_);
    return std::move(archive_);
  }

 private:
  Status AddOne(const std::string& path) {
    const std::string from = directory_ + "/" + path;
    TRY(const FileFacts facts, files_.Look(from));
    if (facts.type == FileType::kOther) return {};  // a socket, say, cannot be in an image
    const bool is_needed = path == file_ || path == kIgnoreFile;
    const bool is_out = !is_needed && rules_.Excludes(path);
    const bool is_directory = facts.type == FileType::kDirectory;
    const bool leads_on = rules_.HasExceptions() || file_.starts_with(path + "/");
    if (is_out && (!is_directory || !leads_on)) return {};
    std::string content;
    if (facts.type == FileType::kFile) {
      TRY(content, files_.Read(from, kMostBytes));
    }
    if (!is_out) AppendTar(archive_, path, facts, content);
    if (++count_ > kMostFiles || archive_.size() > kMostBytes) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("the context {} of a build has more than {} MiB or {} files: keep "
                              "what it does not need out by its .dockerignore",
                              Quote(directory_), kMostBytes >> 20U, kMostFiles));
    }
    return is_directory ? Add(path + "/") : Status();
  }

  const FileSystem& files_;
  const std::string directory_;
  const std::string file_;
  const IgnoreRules rules_;
  std::string archive_;
  size_t count_ = 0;
};

}  // namespace

IgnoreRules::IgnoreRules(std::string_view text) {
  for (const std::string& line : Split(text, '\n')) {
    std::string_view pattern = Trim(line);
    if (pattern.empty() || pattern.front() == '#') continue;
    const bool excludes = pattern.front() != '!';
    if (!excludes) pattern.remove_prefix(1);
    std::vector<std::string> parts = PartsOf(Trim(pattern));
    if (!parts.empty()) rules_.push_back({std::move(parts), excludes});
  }
}

bool IgnoreRules::Excludes(const std::string& path) const {
  const std::vector<std::string> parts = PartsOf(path);
  bool excluded = false;
  for (const Rule& rule : rules_) {
    if (rule.excludes == excluded) continue;
    for (size_t depth = 1; depth <= parts.size() && excluded != rule.excludes; ++depth) {
      if (PathFits(rule.parts, std::span(parts).first(depth))) excluded = rule.excludes;
    }
  }
  return excluded;
}

bool IgnoreRules::HasExceptions() const {
  return std::any_of(rules_.begin(), rules_.end(), [](const Rule& rule) { return !rule.excludes; });
}

Result<std::string> PackContext(const FileSystem& files, const std::string& directory,
                                const std::string& file) {
  const std::string ignore =
      files.Read(fmt::format("{}/{}", directory, kIgnoreFile)).value_or(std::string());
  Packer packer(files, directory, file, IgnoreRules(ignore));
  TRY_DO(packer.Add(""));
  return packer.Finish();
}

}  // namespace ctestbed

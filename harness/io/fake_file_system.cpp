#include <fmt/format.h>

#include <cerrno>
#include <filesystem>

#include "base/text.h"
#include "io/file_system.h"
#include "io/system_error.h"

namespace ctestbed {
namespace {

using std::filesystem::path;

// Without ".", ".." and a final slash.
std::string Normal(const path& name) {
  const std::string normal = name.empty() ? "." : name.lexically_normal().string();
  return normal.size() > 1 && normal.back() == '/' ? normal.substr(0, normal.size() - 1) : normal;
}

// What every path below `directory` begins with.
std::string Prefix(const std::string& directory) {
  if (directory == ".") return "";
  return directory == "/" ? directory : directory + "/";
}

bool IsBelow(const std::string& name, const std::string& directory) {
  return name != directory && name.starts_with(Prefix(directory)) &&
         (directory != "." || name.front() != '/');
}

const std::string& Key(const std::string& name) {
  return name;
}
const std::string& Key(const std::pair<const std::string, std::string>& entry) {
  return entry.first;
}

void AddChildren(const auto& entries, const std::string& directory, std::set<std::string>& names) {
  for (const auto& entry : entries) {
    if (!IsBelow(Key(entry), directory)) continue;
    const std::string rest = Key(entry).substr(Prefix(directory).size());
    names.insert(rest.substr(0, rest.find('/')));
  }
}

void EraseTree(auto& entries, const std::string& root) {
  std::erase_if(entries,
                [&](const auto& entry) { return Key(entry) == root || IsBelow(Key(entry), root); });
}

}  // namespace

// Follows links, as often as Linux does (path_resolution(7)).
std::string FakeFileSystem::Resolve(const std::string& path_name) const {
  std::string name = Normal(path_name);
  for (int hops = 0; hops < 40; ++hops) {
    bool followed = false;
    for (const auto& [link, target] : links_) {
      if (name != link && !IsBelow(name, link)) continue;
      name = Normal(path(link).parent_path() / target / name.substr(link.size()).erase(0, 1));
      followed = true;
      break;
    }
    if (!followed) break;
  }
  return name;
}

bool FakeFileSystem::IsDirectory(const std::string& name) const {
  if (name == "/" || name == "." || directories_.contains(name)) return true;
  std::set<std::string> names;
  AddChildren(files, name, names);
  return !names.empty();
}

void FakeFileSystem::AddDirectories(const std::string& name) {
  for (path each = name; !each.empty() && each != "/" && each != "."; each = each.parent_path()) {
    directories_.insert(each.string());
  }
}

Result<std::string> FakeFileSystem::Read(const std::string& path_name, size_t most) const {
  const std::lock_guard lock(mutex_);
  const std::string name = Resolve(path_name);
  const auto found = files.find(name);
  if (found == files.end()) {
    return SystemError("read " + Quote(path_name), IsDirectory(name) ? EISDIR : ENOENT);
  }
  if (found->second.size() > most) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} is larger than {} bytes", Quote(path_name), most));
  }
  return found->second;
}

Result<std::string> FakeFileSystem::ReadPart(const std::string& path_name, std::uint64_t offset,
                                             size_t most) const {
  TRY(const std::string content, Read(path_name));
  return content.substr(std::min<size_t>(offset, content.size()), most);
}

Result<std::uint64_t> FakeFileSystem::Size(const std::string& path_name) const {
  TRY(const std::string content, Read(path_name));
  return content.size();
}

Status FakeFileSystem::Write(const std::string& path_name, std::string_view content) {
  const std::lock_guard lock(mutex_);
  if (disk_full) return SystemError("write " + Quote(path_name), ENOSPC);
  // As in the real one, a link is replaced, not followed.
  const std::string parent = Resolve(path(Normal(path_name)).parent_path().string());
  const std::string name = Normal(path(parent) / path(Normal(path_name)).filename());
  if (IsDirectory(name)) return SystemError("write " + Quote(path_name), EISDIR);
  if (files.contains(parent)) return SystemError("write " + Quote(path_name), ENOTDIR);
  AddDirectories(parent);
  links_.erase(name);
  files[name] = content;
  return {};
}

Result<std::vector<std::string>> FakeFileSystem::List(const std::string& directory) const {
  const std::lock_guard lock(mutex_);
  const std::string name = Resolve(directory);
  if (!IsDirectory(name)) return SystemError("list " + Quote(directory), ENOENT);
  std::set<std::string> names;
  AddChildren(files, name, names);
  AddChildren(directories_, name, names);
  AddChildren(links_, name, names);
  return std::vector<std::string>(names.begin(), names.end());
}

Result<FileFacts> FakeFileSystem::Look(const std::string& path_name) const {
  const std::lock_guard lock(mutex_);
  const path normal = Normal(path_name);
  const std::string name = Normal(path(Resolve(normal.parent_path().string())) / normal.filename());
  if (const auto link = links_.find(name); link != links_.end()) {
    return FileFacts{FileType::kLink, 0777, link->second};
  }
  const auto mode = modes.find(name);
  if (files.contains(name)) {
    return FileFacts{FileType::kFile, mode == modes.end() ? 0644 : mode->second};
  }
  if (IsDirectory(name)) return FileFacts{FileType::kDirectory, 0755};
  return SystemError("look at " + Quote(path_name), ENOENT);
}

bool FakeFileSystem::Exists(const std::string& path_name) const {
  const std::lock_guard lock(mutex_);
  const std::string name = Resolve(path_name);
  return files.contains(name) || IsDirectory(name);
}

Status FakeFileSystem::MakeDirectories(const std::string& path_name) {
  const std::lock_guard lock(mutex_);
  const std::string name = Resolve(path_name);
  if (files.contains(name)) return SystemError("make directory " + Quote(path_name), EEXIST);
  AddDirectories(name);
  return {};
}

Status FakeFileSystem::OpenToAll(const std::string& path) {
  if (Exists(path)) return {};
  return SystemError("open to all " + Quote(path), ENOENT);
}

Status FakeFileSystem::Remove(const std::string& path_name) {
  const std::lock_guard lock(mutex_);
  const path normal = Normal(path_name);
  if (links_.erase(normal.string()) > 0) return {};
  const std::string name = Normal(path(Resolve(normal.parent_path().string())) / normal.filename());
  links_.erase(name);
  EraseTree(files, name);
  EraseTree(directories_, name);
  EraseTree(links_, name);
  return {};
}

Status FakeFileSystem::Link(const std::string& target, const std::string& link) {
  const std::lock_guard lock(mutex_);
  const std::string name = Normal(link);
  if (IsDirectory(name)) return SystemError("link " + Quote(link), EISDIR);
  AddDirectories(path(name).parent_path().string());
  files.erase(name);
  links_[name] = target;
  return {};
}

}  // namespace ctestbed

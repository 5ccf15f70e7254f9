#include "supervisor/state_directory.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/text.h"
#include "io/private_directory.h"
#include "io/process_table.h"

namespace ctestbed {
namespace {

// What begins the names of directories of sessions that are being made, and removed.
constexpr std::string_view kDraft = ".new-";
constexpr std::string_view kGone = ".gone-";

// Of a draft: the process that makes it.
std::string MakerOf(const std::string& draft) {
  return draft.substr(kDraft.size(), draft.rfind('-') - kDraft.size());
}

// sun_path has 108 bytes (unix(7)); what we put below the root takes up to 60 of them.
constexpr size_t kLongestRoot = 48;

std::string ChooseRoot(const std::map<std::string, std::string>& environment) {
  const auto value = [&](const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  if (const std::string root = value("CTESTBED_STATE_DIR"); !root.empty()) {
    return std::filesystem::absolute(root).lexically_normal().string();
  }
  if (const std::string runtime = value("XDG_RUNTIME_DIR"); !runtime.empty()) {
    return runtime + "/ctestbed";
  }
  return fmt::format("/tmp/ctestbed-{}", OwnUser());
}

}  // namespace

Result<StateDirectory> StateDirectory::Open(const std::map<std::string, std::string>& environment,
                                            FileSystem& files) {
  StateDirectory state(ChooseRoot(environment), files);
  if (state.root_.size() > kLongestRoot) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("state directory {} has a path of over {} bytes, too long for sockets; "
                            "set CTESTBED_STATE_DIR",
                            Quote(state.root_), kLongestRoot));
  }
  TRY_DO(MakePrivateDirectory(state.root_));
  for (const std::string& part :
       {state.root_ + "/sessions", state.root_ + "/runs", state.Ports()}) {
    TRY_DO(MakePrivateDirectory(part));
  }
  return state;
}

Result<FileLock> StateDirectory::CreateSession(const std::string& id) const {
  const std::string maker = OwnerName(Identify(OwnPid()).value_or(ProcessIdentity{}));
  const std::string draft = fmt::format("{}/sessions/{}{}-{}", root_, kDraft, maker, UniqueToken());
  TRY_DO(MakePrivateDirectory(draft));
  TRY(FileLock lock, FileLock::TryLock(draft + "/lock"));
  std::error_code error;
  std::filesystem::rename(draft, Session(id), error);
  if (error) {
    TRY_DO(files_->Remove(draft));
    return Fail(ErrorKind::kConflict, fmt::format("session {} exists", Quote(id)));
  }
  return lock;
}

Status StateDirectory::RemoveSession(const std::string& id) const {
  if (id.starts_with(kGone)) return files_->Remove(Session(id));
  const std::string gone = fmt::format("{}/sessions/{}{}", root_, kGone, UniqueToken());
  std::error_code error;
  std::filesystem::rename(Session(id), gone, error);
  return files_->Remove(error ? Session(id) : gone);
}

Status StateDirectory::NoteBackend(const std::string& name) const {
  if (HasUsed(name)) return {};
  TRY_DO(files_->MakeDirectories(root_ + "/backends"));
  return files_->Write(root_ + "/backends/" + name, "");
}

bool StateDirectory::HasUsed(const std::string& name) const {
  return files_->Exists(root_ + "/backends/" + name);
}

bool StateDirectory::IsLive(const std::string& id) const {
  return FileLock::IsHeld(Session(id) + "/lock");
}

std::vector<std::string> StateDirectory::Sessions(bool live) const {
  std::vector<std::string> ids;
  const auto names = files_->List(root_ + "/sessions").value_or(std::vector<std::string>());
  for (const std::string& id : names) {
    if (live && id.starts_with('.')) continue;
    if (id.starts_with(kDraft) && !IsDeadOwner(MakerOf(id))) continue;
    if (IsLive(id) == live) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> StateDirectory::LiveSessions() const {
  return Sessions(true);
}
std::vector<std::string> StateDirectory::DeadSessions() const {
  return Sessions(false);
}

Status LinkLatest(FileSystem& files, const std::string& results, const std::string& session) {
  const std::filesystem::path path(results);
  if (path.filename() != session) return {};
  return files.Link(session, (path.parent_path() / "latest").string());
}

}  // namespace ctestbed

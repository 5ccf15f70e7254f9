#include "supervisor/sweep.h"

#include <fmt/format.h>

#include <set>

#include "io/process_table.h"
#include "supervisor/journal.h"

namespace ctestbed {
namespace {

using Removed = std::vector<std::string>;

Status SweepOwner(Driver& driver, const std::string& owner, bool dry_run, TimePoint deadline,
                  Removed& removed) {
  if (dry_run) {
    removed.push_back("what is left of owner " + owner);
    return {};
  }
  TRY(const std::vector<std::string> names, driver.Sweep(owner, "", deadline));
  removed.insert(removed.end(), names.begin(), names.end());
  return {};
}

// Nobody knows any more what to take out of the logs of nodes that ran when the supervisor was
// killed, and of what tests kept.
Status DropSecrets(FileSystem& files, const std::string& results,
                   const std::vector<JournalRecord>& records) {
  std::set<std::string> open;
  for (const JournalRecord& record : records) {
    if (record.action != "hide") continue;
    if (record.event == "intent") open.insert(record.node);
    if (record.event == "done") open.erase(record.node);
  }
  for (const std::string& log : open) {
    for (const std::string_view stream : {"stdout", "stderr"}) {
      const std::string path = fmt::format("{}/{}/{}.log", results, log, stream);
      if (files.Exists(path)) {
        TRY_DO(files.Write(path, "removed: the supervisor was killed, and secrets may be in it\n"));
      }
    }
  }
  return open.empty() ? Status() : files.Remove(results + "/runs");
}

Status SweepSession(const StateDirectory& state, const SweepServices& services,
                    const std::string& id, bool dry_run, TimePoint deadline, Removed& removed) {
  const std::string directory = state.Session(id);
  // Half removed by one who was killed then: there is nothing else to clear up.
  if (id.starts_with('.') && !services.files.Exists(directory + "/lock")) {
    return dry_run ? Status() : state.RemoveSession(id);
  }
  const auto lock = FileLock::TryLock(directory + "/lock");
  if (!lock) return {};  // somebody else clears it up right now
  const std::vector<JournalRecord> records =
      ReadJournal(services.files.Read(directory + "/journal").value_or(""));
  for (const JournalRecord& record : records) {
    if (record.event != "session") continue;
    Driver* driver = services.driver(record.node);
    if (driver != nullptr) TRY_DO(SweepOwner(*driver, record.action, dry_run, deadline, removed));
    if (dry_run) continue;
    TRY_DO(DropSecrets(services.files, record.data, records));
    services.report(record.data);
  }
  removed.push_back("session " + id);
  if (dry_run) return {};
  // One that was killed before it could tell anything has nothing to report.
  const std::string results = state.Results(id);
  if (services.files.Read(results + "/events.ndjson").value_or("").empty()) {
    TRY_DO(services.files.Remove(results));
  }
  return state.RemoveSession(id);
}

Status SweepDeadOwners(Driver& driver, bool dry_run, TimePoint deadline, Removed& removed) {
  TRY(const std::vector<std::string> owners, driver.Owners(deadline));
  for (const std::string& owner : owners) {
    if (IsDeadOwner(owner)) TRY_DO(SweepOwner(driver, owner, dry_run, deadline, removed));
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> SweepDead(const StateDirectory& state,
                                           const SweepServices& services, bool dry_run,
                                           TimePoint deadline) {
  Removed removed;
  // What will not go is no reason to leave the rest.
  Status first_failure;
  const auto note = [&](const Status& status) {
    if (!status && first_failure) first_failure = status;
  };
  for (const std::string& id : state.DeadSessions()) {
    note(SweepSession(state, services, id, dry_run, deadline, removed));
  }
  for (const std::string& backend : services.backends) {
    if (Driver* driver = services.driver(backend)) {
      note(SweepDeadOwners(*driver, dry_run, deadline, removed));
    }
  }
  if (first_failure) return removed;
  return tl::unexpected<Error>(first_failure.error());
}

}  // namespace ctestbed

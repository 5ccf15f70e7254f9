// What earlier sessions took, in a file that all processes of a user share.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "history/sample.h"
#include "io/clock.h"
#include "io/file_system.h"

namespace ctestbed {

class Database;

// Of every subject the newest so many samples are kept, and none once it was not measured for so
// many days.
inline constexpr int kSamplesKept = 20;
inline constexpr int kDaysKept = 90;

// An SQLite database in WAL mode. It is advice: who cannot open it or write to it goes on without.
// Several processes may have it open; one History is for one thread.
class History {
 public:
  using Warn = std::function<void(std::string_view)>;

  // Makes the file and missing directories. A file that is damaged or belongs to another program
  // is renamed to PATH.broken-TIME, with what SQLite keeps beside it; `warn` is told, and a new one
  // is begun. kUnsupported for the file of a newer ctestbed, which is left as it is; kConflict when
  // others are busy with it for seconds, or are just replacing it; kUnavailable. `clock` outlives
  // the history.
  static Result<History> Open(const std::string& path, FileSystem& files, const Clock& clock,
                              const Warn& warn);
  History(History&&) noexcept;
  ~History();

  // Adds those that are not there yet, all or none, and prunes.
  Status Record(const std::vector<Sample>& samples);
  // Of one project, sorted by subject, each subject's newest first.
  Result<std::vector<Sample>> Samples(const std::string& project);
  // How many samples there are, of all projects.
  Result<size_t> Size();
  // Drops what was not measured for kDaysKept. Record does, too.
  Status Prune();

 private:
  History(Database database, const Clock& clock);
  Status DropUnseen();

  std::unique_ptr<Database> database_;
  const Clock* clock_;
};

}  // namespace ctestbed

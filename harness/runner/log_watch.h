// What the nodes of an environment wrote to their logs while a case ran.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/file_system.h"
#include "model/event.h"
#include "supervisor/protocol.h"

namespace ctestbed {

// For one run, of one thread. Looks at the sizes of the logs whenever a case ends, and reads only
// where a case went wrong: at most 16 KiB of each log and 1 MiB in all; windows beyond that come
// without text.
class LogWatch {
 public:
  // The run begins now. `files` and `clock` outlive this; `results` is the directory that the logs
  // of `environment` are below.
  LogWatch(const FileSystem& files, const Clock& clock, std::string results,
           const EnvironmentView& environment);

  // A case ends now that began `took` ago; the windows when it is `bad`. Never too small: they
  // begin where a case before it ended, or the run began.
  std::vector<LogWindow> OfCase(Duration took, bool bad);
  // Since the run began.
  std::vector<LogWindow> OfRun();

 private:
  struct Log {
    std::string node;
    std::string stream;
    std::string path;
  };
  // How far the logs went at some time; one number for each of them.
  struct Mark {
    TimePoint at;
    std::vector<std::uint64_t> sizes;
  };

  Mark Look() const;
  std::vector<LogWindow> Between(const Mark& from, const Mark& to);
  std::string Text(const std::string& path, std::uint64_t offset, std::uint64_t size);

  const FileSystem& files_;
  const Clock& clock_;
  const std::string results_;
  std::vector<Log> logs_;
  std::vector<Mark> marks_;  // at least that of the begin
  size_t text_read_ = 0;
};

}  // namespace ctestbed

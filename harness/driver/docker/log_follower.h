// Carries the output of one container into files while it runs.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "driver/docker/engine.h"
#include "driver/docker/log_stream.h"
#include "io/append_file.h"
#include "io/clock.h"
#include "io/file_system.h"

namespace ctestbed {

// stdout.log and stderr.log of an instance. Not thread-safe.
struct OutputFiles {
  std::string directory;
  std::unique_ptr<AppendFile> out;
  std::unique_ptr<AppendFile> err;

  std::string PathOf(OutputStream stream) const;

  // Makes both, or goes on with them, in a directory that is there.
  static Result<OutputFiles> Open(const std::string& directory);
};

// Follows on a thread of its own, through ends of the connection and restarts of the engine, until
// the container has ended and all of its output is written. Thread-safe. The destructor breaks off.
class LogFollower {
 public:
  // `clock` and `disk` outlive it. `container` is an id, or a name that is not used again.
  LogFollower(Engine engine, Clock& clock, FileSystem& disk, std::string container,
              OutputFiles files);

  // Whether all output of the ended container is in the files; waits for it, at most until
  // `deadline` or `stop`.
  bool WaitUntilComplete(TimePoint deadline, std::stop_token stop) const;

 private:
  void Follow(const std::stop_token& stop);
  // One stream, to its end; false when it broke off, or what came cannot be written.
  bool FollowOnce(const std::stop_token& stop);
  bool TakePiece(FrameReader& reader, std::string_view piece);
  // Puts what the engine kept of an ended container's output in the place of what was followed,
  // where that is less.
  void Complete(const std::stop_token& stop);
  // Whether nothing more will come.
  bool HasEnded() const;

  const Engine engine_;
  Clock& clock_;
  FileSystem& disk_;
  const std::string container_;
  OutputFiles files_;
  LogPosition position_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  bool complete_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace ctestbed

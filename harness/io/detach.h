// Programs that outlive whoever starts them: no child of the starter, in a session of their own,
// holding none of its descriptors but one lock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/result.h"
#include "io/file_lock.h"

namespace ctestbed {

// Starts `command` (our own program, which must call DetachedProgram::Enter first thing) with stdin
// and stdout at /dev/null and stderr appended to `log_path`, and hands it `lock`. Returns once it
// has called DetachedProgram::Ready. When it ends before: kUnavailable with its last words, or
// kEnvironment if it had none, as when somebody kills it. kTimeout.
Status StartDetached(const std::vector<std::string>& command, const std::string& log_path,
                     FileLock lock, TimePoint deadline);

// The started program's side of the handshake.
class DetachedProgram {
 public:
  // Leaves the starter's family by a second fork. To be called while there is one thread only.
  // kInvalid when we were not started by StartDetached.
  static Result<DetachedProgram> Enter();
  // Lets the starter go on.
  void Ready();
  // Makes the starter's StartDetached fail with `message`.
  void Failed(const std::string& message);
  FileLock TakeLock() { return std::move(lock_); }

 private:
  DetachedProgram(FileLock lock, int handshake) : lock_(std::move(lock)), handshake_(handshake) {}
  FileLock lock_;
  int handshake_;
};

}  // namespace ctestbed

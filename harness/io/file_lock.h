// Advisory whole-file locks (flock(2)): held by an open descriptor, so they end with its process.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace ctestbed {

// Movable, closes in the destructor. Passed on to a child (io/detach.h), the lock lives until both
// have closed it.
class FileLock {
 public:
  // Takes the lock without waiting, creating the file (0600) if need be; kConflict when somebody
  // else holds it.
  static Result<FileLock> TryLock(const std::string& path);
  // Whether somebody holds it now. False when the file does not exist.
  static bool IsHeld(const std::string& path);
  // Adopts a descriptor that holds a lock.
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  int Descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace ctestbed

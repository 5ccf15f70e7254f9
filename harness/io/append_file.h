// A file that records are appended to, each whole or not at all visible after a crash of ours.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // Writes in one call of write(2); `durable` waits until the record is on the disk.
  virtual Status Append(std::string_view record, bool durable) = 0;
};

// Mode 0600, created if need be.
Result<std::unique_ptr<AppendFile>> OpenAppendFile(const std::string& path);

}  // namespace ctestbed

// What a session is about to do and has done to its backend, on disk before and after each call,
// so that the remains of a killed supervisor can be found.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "io/append_file.h"

namespace ctestbed {

struct JournalRecord {
  std::string event;   // "session", "intent", "done"
  std::string action;  // "start", "stop", "hide"; of a session: the owner's name
  std::string node;    // instance name; of "hide" where its logs are, below the results; of a
                       // session: the backend's name
  std::string data;    // the environment's id; of a session: the results directory

  bool operator==(const JournalRecord&) const = default;
};

// One line: CRC-32 of the JSON text in 8 hexadecimal digits, a space, the JSON text, a newline.
std::string ToLine(const JournalRecord& record);
// The records up to the first line that is torn or damaged.
std::vector<JournalRecord> ReadJournal(std::string_view text);

// Thread-safe.
class Journal {
 public:
  explicit Journal(std::unique_ptr<AppendFile> file) : file_(std::move(file)) {}
  Status Append(const JournalRecord& record);

 private:
  std::mutex mutex_;
  std::unique_ptr<AppendFile> file_;
};

}  // namespace ctestbed

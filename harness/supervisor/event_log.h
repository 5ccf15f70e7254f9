// The event stream of one session: numbers every event, keeps it, appends it to events.ndjson.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "io/append_file.h"
#include "io/clock.h"
#include "model/event.h"

namespace ctestbed {

// Thread-safe.
class EventLog {
 public:
  // `file` receives one JSON object per line; a write that fails is counted, never fatal.
  // `hide` takes secrets out of a text.
  EventLog(Clock& clock, std::unique_ptr<AppendFile> file,
           std::function<std::string(std::string_view)> hide);

  // Sets seq, at, mono_s, and the attempt of run-started: one more than there were before.
  void Append(Event event);
  // The events after the first `count`, waiting for at least one until `stop` or Close(); empty
  // then.
  std::vector<Event> WaitFor(size_t count, std::stop_token stop);
  std::vector<Event> All() const;
  // No more events will come.
  void Close();

 private:
  Clock& clock_;
  const TimePoint start_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::unique_ptr<AppendFile> file_;
  const std::function<std::string(std::string_view)> hide_;
  std::vector<Event> events_;
  std::map<std::string, int> attempts_;  // of each run
  bool closed_ = false;
};

}  // namespace ctestbed

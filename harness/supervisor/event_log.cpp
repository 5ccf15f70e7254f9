#include "supervisor/event_log.h"

#include "base/json.h"
#include "model/wire.h"

namespace ctestbed {

EventLog::EventLog(Clock& clock, std::unique_ptr<AppendFile> file,
                   std::function<std::string(std::string_view)> hide)
    : clock_(clock), start_(clock.Now()), file_(std::move(file)), hide_(std::move(hide)) {}

void EventLog::Append(Event event) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  event.seq = events_.size() + 1;
  event.at = clock_.WallTime();
  event.mono_s = std::chrono::duration<double>(clock_.Now() - start_).count();
  if (event.kind == EventKind::kRunStarted) ++attempts_[event.run];
  if (const auto attempt = attempts_.find(event.run); attempt != attempts_.end()) {
    event.attempt = attempt->second;
  }
  ChangeTexts(event, hide_);
  // A full disk must not end the tests; the events live on in memory for the reports.
  if (file_) static_cast<void>(file_->Append(DumpJson(ToJson(event)) + "\n", false));
  events_.push_back(std::move(event));
  changed_.notify_all();
}

std::vector<Event> EventLog::WaitFor(size_t count, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return events_.size() > count || closed_; });
  if (events_.size() <= count) return {};
  return {events_.begin() + static_cast<std::ptrdiff_t>(count), events_.end()};
}

std::vector<Event> EventLog::All() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

void EventLog::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace ctestbed

#include "driver/docker/log_follower.h"

#include <fmt/format.h>

#include "base/json.h"
#include "driver/docker/wire.h"

namespace ctestbed {
namespace {

constexpr Duration kPause{100};  // before a broken stream is asked for again
constexpr Duration kInspectTakes{10'000};

}  // namespace

Result<OutputFiles> OutputFiles::Open(const std::string& directory) {
  OutputFiles files;
  TRY(files.out, OpenAppendFile(directory + "/stdout.log"));
  TRY(files.err, OpenAppendFile(directory + "/stderr.log"));
  return files;
}

LogFollower::LogFollower(Engine engine, Clock& clock, std::string container, OutputFiles files)
    : engine_(std::move(engine)),
      clock_(clock),
      container_(std::move(container)),
      files_(std::move(files)),
      thread_([this](const std::stop_token& stop) { Follow(stop); }) {}

bool LogFollower::WaitUntilComplete(TimePoint deadline, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, std::move(stop), deadline, [this] { return complete_; });
}

void LogFollower::Follow(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    // Streams also end when an engine is told to: only the container knows whether that was all.
    const bool whole = FollowOnce(stop);
    if (whole && HasEnded()) break;
    clock_.SleepUntil(clock_.Now() + kPause, stop);
    position_.Reopen(engine_.traits().whole_seconds);
  }
  const std::lock_guard lock(mutex_);
  complete_ = true;
  changed_.notify_all();
}

bool LogFollower::FollowOnce(const std::stop_token& stop) {
  std::string path =
      fmt::format("/containers/{}/logs?stdout=1&stderr=1&follow=1&timestamps=1", container_);
  if (const std::string after = position_.After(); !after.empty()) path += "&since=" + after;
  FrameReader reader;
  bool written = true;
  const HttpSink sink = [&](std::string_view piece) {
    written = TakePiece(reader, piece);
    return written;
  };
  const Status status = engine_.Stream("GET", path, nullptr, sink, TimePoint::max(), stop);
  if (!status && status.error().kind == ErrorKind::kNotFound) return true;
  return status.has_value() && written;
}

bool LogFollower::TakePiece(FrameReader& reader, std::string_view piece) {
  reader.Add(piece);
  FrameReader::Frame frame;
  for (;;) {
    const Result<bool> whole = reader.Next(frame);
    if (!whole) return false;
    if (!*whole) return true;
    const Result<std::string_view> text = position_.Take(frame);
    if (!text) return false;
    const auto& file = frame.stream == OutputStream::kStderr ? files_.err : files_.out;
    if (!text->empty() && !file->Append(*text, false)) return false;
  }
}

bool LogFollower::HasEnded() const {
  const Result<Json> inspect =
      engine_.Get(fmt::format("/containers/{}/json", container_), clock_.Now() + kInspectTakes);
  if (!inspect) return inspect.error().kind == ErrorKind::kNotFound;
  return StatusFromInspect(*inspect).state != InstanceState::kRunning;
}

}  // namespace ctestbed

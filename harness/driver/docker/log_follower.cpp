#include "driver/docker/log_follower.h"

#include <fmt/format.h>

#include "base/json.h"
#include "driver/docker/wire.h"

namespace ctestbed {
namespace {

constexpr Duration kPause{100};  // before a broken stream is asked for again
constexpr Duration kInspectTakes{10'000};
constexpr Duration kAgainTakes{60'000};
constexpr size_t kMostAgain = 64U << 20U;  // of one stream

}  // namespace

std::string OutputFiles::PathOf(OutputStream stream) const {
  return directory + (stream == OutputStream::kStderr ? "/stderr.log" : "/stdout.log");
}

Result<OutputFiles> OutputFiles::Open(const std::string& directory) {
  OutputFiles files{directory, nullptr, nullptr};
  TRY(files.out, OpenAppendFile(files.PathOf(OutputStream::kStdout)));
  TRY(files.err, OpenAppendFile(files.PathOf(OutputStream::kStderr)));
  return files;
}

LogFollower::LogFollower(Engine engine, Clock& clock, FileSystem& disk, std::string container,
                         OutputFiles files)
    : engine_(std::move(engine)),
      clock_(clock),
      disk_(disk),
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
    if (whole && HasEnded()) {
      if (engine_.traits().coarse_logs) {
        Complete(stop);
      } else {
        // Docker may end a stream before the last lines of a container that has just ended.
        position_.Reopen(false);
        static_cast<void>(FollowOnce(stop));
      }
      break;
    }
    clock_.SleepUntil(clock_.Now() + kPause, stop);
    position_.Reopen(engine_.traits().coarse_logs);
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

void LogFollower::Complete(const std::stop_token& stop) {
  std::array<std::string, 2> texts;
  bool whole = true;
  FrameReader reader;
  const HttpSink sink = [&](std::string_view piece) {
    reader.Add(piece);
    FrameReader::Frame frame;
    for (;;) {
      const Result<bool> next = reader.Next(frame);
      whole = next.has_value();
      if (!whole || !*next) return whole;
      std::string& text = texts.at(frame.stream == OutputStream::kStderr ? 1 : 0);
      text += frame.text;
      whole = text.size() <= kMostAgain;
      if (!whole) return false;
    }
  };
  const std::string path = fmt::format("/containers/{}/logs?stdout=1&stderr=1", container_);
  const Status read = engine_.Stream("GET", path, nullptr, sink, clock_.Now() + kAgainTakes, stop);
  if (!read || !whole) return;
  for (const OutputStream stream : {OutputStream::kStdout, OutputStream::kStderr}) {
    const std::string& text = texts.at(stream == OutputStream::kStderr ? 1 : 0);
    if (text.size() <= position_.Size(stream)) continue;
    static_cast<void>(disk_.Write(files_.PathOf(stream), text));
  }
}

bool LogFollower::HasEnded() const {
  const Result<Json> inspect =
      engine_.Get(fmt::format("/containers/{}/json", container_), clock_.Now() + kInspectTakes);
  if (!inspect) return inspect.error().kind == ErrorKind::kNotFound;
  return StatusFromInspect(*inspect).state != InstanceState::kRunning;
}

}  // namespace ctestbed

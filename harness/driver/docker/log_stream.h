// What an engine sends of a container's output: frames, each with an 8-byte header (stream, three
// zeros, length in big endian) and with a piece of at most 16 KiB of text, which need not end a
// line. Source: Engine API, "Attach to a container", stream format. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

enum class OutputStream { kStdout = 1, kStderr = 2 };

// Takes frames apart however the bytes of them come. Not thread-safe.
class FrameReader {
 public:
  // One whole frame.
  struct Frame {
    OutputStream stream = OutputStream::kStdout;
    std::string text;
  };

  void Add(std::string_view bytes) { pending_.append(bytes); }
  // Puts the next frame that is there in full into `frame`; false when there is none yet. kInternal
  // when the bytes are no frames, after which nothing of them can be.
  Result<bool> Next(Frame& frame);

 private:
  std::string pending_;
  size_t taken_ = 0;  // bytes of pending_ that were returned
};

// What a follower has written of the log of one container, so that it can go on after a gap without
// a byte lost or doubled. Engines stamp each frame of a log when asked to; those whose stamps are
// whole seconds (Podman) cannot be asked for what comes after one, and are asked for all of it
// again. Not thread-safe.
class LogPosition {
 public:
  // What of a stamped frame ("2026-01-31T10:20:30.123456789Z text") is new. kInternal when it is
  // not stamped.
  Result<std::string_view> Take(const FrameReader::Frame& frame);

  // Bytes of that stream that were new, ever.
  size_t Size(OutputStream stream) const;
  // The stream will be asked for again, from After() on, or from its begin if `from_begin`.
  void Reopen(bool from_begin);
  // The stamp to ask from, as seconds and nanoseconds: "1769854830.123456790"; empty: from the
  // begin.
  std::string After() const;

 private:
  struct Written {
    size_t bytes = 0;  // ever
    size_t known = 0;  // of them, how many this stream has yet to repeat
  };

  static size_t IndexOf(OutputStream stream) { return stream == OutputStream::kStderr ? 1 : 0; }

  std::array<Written, 2> written_;
  std::string last_;  // the latest stamp
};

}  // namespace ctestbed

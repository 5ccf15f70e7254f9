// What an engine tells while it pulls, builds or loads an image: JSON, one object per line, in an
// answer that begins with 200 before anything is done, so that a failure is one of its lines.
// Source: Engine API, ImageCreate and ImageBuild; Podman sends the same. Pure.
#pragma once

#include <deque>
#include <string>
#include <string_view>

namespace ctestbed {

// Takes the lines however the bytes of them come. Not thread-safe.
class ImageProgress {
 public:
  void Add(std::string_view bytes);
  void End();  // a last line may lack its newline

  // What went wrong; empty: nothing was said to.
  const std::string& error() const { return error_; }
  // The last lines that were printed, each with a newline.
  std::string Tail() const;

 private:
  void TakeLine(std::string_view line);
  void Print(std::string_view text);

  std::string line_;     // of JSON, not yet whole
  std::string printed_;  // line of output, not yet whole
  std::deque<std::string> tail_;
  std::string error_;
};

}  // namespace ctestbed

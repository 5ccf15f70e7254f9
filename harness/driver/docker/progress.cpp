#include "driver/docker/progress.h"

#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr size_t kLongestLine = 1U << 20U;  // bytes; what is longer is no answer of an engine
constexpr size_t kLongestShown = 400;       // bytes of a line of output
constexpr size_t kTailLines = 25;

}  // namespace

void ImageProgress::Add(std::string_view bytes) {
  for (size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    line_.append(bytes.substr(0, end));
    TakeLine(line_);
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
  line_.append(bytes);
  if (line_.size() > kLongestLine) line_.clear();
}

void ImageProgress::End() {
  TakeLine(line_);
  line_.clear();
  if (!printed_.empty()) Print("\n");
}

std::string ImageProgress::Tail() const {
  std::string text;
  for (const std::string& line : tail_) text += line + "\n";
  return text;
}

void ImageProgress::TakeLine(std::string_view line) {
  const Result<Json> json = ParseJson(line);
  if (!json) return;
  Print(JsonText(*json, "stream"));
  std::string error = JsonText(JsonMember(*json, "errorDetail"), "message");
  if (error.empty()) error = JsonText(*json, "error");
  if (!error.empty() && error_.empty()) error_ = Trim(Visible(error));
}

void ImageProgress::Print(std::string_view text) {
  for (const char c : text) {
    if (c != '\n') {
      if (printed_.size() < kLongestShown) printed_ += c;
      continue;
    }
    if (!Trim(printed_).empty()) tail_.push_back(Visible(printed_));
    if (tail_.size() > kTailLines) tail_.pop_front();
    printed_.clear();
  }
}

}  // namespace ctestbed

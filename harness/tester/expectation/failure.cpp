#include "tester/expectation/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/diagnostic.h"
#include "base/text.h"

namespace ctestbed {

std::string Shortened(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return std::string(text.substr(0, most)) + "...";
}

std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : Visible(text)) {
    if (c == '\n') {
      line += "\\n";
    } else {
      line += c == '\t' ? ' ' : c;
    }
  }
  return line;
}

std::string Headline(const Failure& failure) {
  const std::string remark = OneLine(failure.remark);
  if (failure.subject.empty()) return remark;
  const std::string_view separator = failure.remark.starts_with("is ") ? " " : ": ";
  return fmt::format("{}{}{}", OneLine(failure.subject), separator, remark);
}

std::string RenderFailures(std::vector<Failure> failures, std::string_view source) {
  std::stable_sort(failures.begin(), failures.end(), [](const Failure& a, const Failure& b) {
    return std::tie(a.mark.line, a.mark.column) < std::tie(b.mark.line, b.mark.column);
  });
  std::string text;
  for (const Failure& failure : failures) {
    const SourceMark& mark = failure.mark;
    if (text.empty() && mark.line > 0) {
      text += fmt::format("{}:{}:{}\n", mark.file, mark.line, mark.column);
    }
    const std::string_view line = LineOf(source, mark.line);
    if (mark.line == 0 || line.empty()) {
      text += fmt::format("  {}\n", Headline(failure));
    } else {
      text += RenderLine(mark, line, OneLine(failure.remark));
    }
  }
  return text;
}

SourceMark PartOf(const SourceMark& mark, size_t size, size_t offset, size_t length) {
  const auto written = static_cast<size_t>(std::max(mark.length, 0));
  if (written != size && written != size + 2) return mark;
  SourceMark part = mark;
  part.column += static_cast<int>(offset + (written == size ? 0 : 1));
  part.length = static_cast<int>(std::max<size_t>(length, 1));
  return part;
}

SourceMark Spanning(const SourceMark& from, const SourceMark& to) {
  SourceMark span = from;
  if (from.file == to.file && from.line == to.line && to.column >= from.column) {
    span.length = std::max(from.length, to.column + to.length - from.column);
  }
  return span;
}

}  // namespace ctestbed

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace ctestbed {
namespace {

// Of one file; then follows a note that there are more.
constexpr size_t kMostPerFile = 100;

// The offset at or before `offset` where a character begins.
size_t CharacterStart(std::string_view text, size_t offset) {
  while (offset > 0 && offset < text.size() &&
         (static_cast<unsigned char>(text[offset]) & 0xC0U) == 0x80U) {
    --offset;
  }
  return offset;
}

// `text` on one line, no longer than can be read.
std::string OneLine(std::string_view text) {
  constexpr size_t kLongest = 2000;
  std::string line;
  for (const char c : Visible(text.substr(0, CharacterStart(text, kLongest)))) {
    line += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  if (text.size() <= kLongest && line.size() <= kLongest) return line;
  return line.substr(0, CharacterStart(line, kLongest)) + "...";
}

// As wide as `text` is on a terminal: its tabs stay tabs.
std::string Blank(std::string_view text) {
  std::string blank;
  for (const std::string& part : Split(text, '\t')) {
    blank += std::string(DisplayWidth(part), ' ') + '\t';
  }
  blank.pop_back();
  return blank;
}

}  // namespace

void Diagnostics::AddSource(std::string file, std::string text) {
  sources_.emplace_back(std::move(file), std::move(text));
}

void Diagnostics::Error(SourceMark mark, std::string message, std::string hint) {
  Add({Diagnostic::Severity::kError, std::move(mark), std::move(message), std::move(hint), {}});
}

void Diagnostics::Warning(SourceMark mark, std::string message, std::string hint) {
  Add({Diagnostic::Severity::kWarning, std::move(mark), std::move(message), std::move(hint), {}});
}

void Diagnostics::Add(Diagnostic diagnostic) {
  const std::string& own = diagnostic.mark.file;
  const auto known = std::count_if(all_.begin(), all_.end(),
                                   [&](const Diagnostic& other) { return other.mark.file == own; });
  if (known > static_cast<std::ptrdiff_t>(kMostPerFile)) return;
  if (known == static_cast<std::ptrdiff_t>(kMostPerFile)) {
    diagnostic = {Diagnostic::Severity::kError,
                  {own, 0, 0, 0},
                  fmt::format("more than {} mistakes; the others are left out", kMostPerFile),
                  "mend those that are shown first",
                  {}};
  }
  diagnostic.message = OneLine(diagnostic.message);
  diagnostic.hint = OneLine(diagnostic.hint);
  for (const auto& [file, text] : sources_) {
    if (file == diagnostic.mark.file) diagnostic.line = LineOf(text, diagnostic.mark.line);
  }
  if (std::find(all_.begin(), all_.end(), diagnostic) != all_.end()) return;
  all_.push_back(std::move(diagnostic));
}

bool Diagnostics::HasErrors() const {
  return std::any_of(all_.begin(), all_.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Diagnostic::Severity::kError;
  });
}

std::vector<Diagnostic> Diagnostics::Sorted() const {
  std::vector<Diagnostic> sorted = all_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.mark.file, a.mark.line, a.mark.column) <
           std::tie(b.mark.file, b.mark.line, b.mark.column);
  });
  return sorted;
}

std::vector<Diagnostic> Diagnostics::About(std::string_view file) const {
  std::vector<Diagnostic> chosen = Sorted();
  std::erase_if(chosen, [&](const Diagnostic& diagnostic) { return diagnostic.mark.file != file; });
  return chosen;
}

std::string_view LineOf(std::string_view text, int number) {
  if (number < 1) return {};
  for (int line = 1; line < number; ++line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find_first_of("\r\n"));
}

std::string RenderLine(const SourceMark& mark, std::string_view line_text,
                       std::string_view remark) {
  constexpr size_t kWidest = 160;
  const size_t size = line_text.size();
  const size_t column = std::min(static_cast<size_t>(std::max(mark.column, 1) - 1), size);
  const size_t end = std::min(column + static_cast<size_t>(std::max(mark.length, 1)), size);
  // A long line is shown from near its caret.
  const size_t start = CharacterStart(line_text, column > kWidest / 2 ? column - kWidest / 2 : 0);
  const size_t stop = CharacterStart(line_text, std::min(start + kWidest, size));
  const auto part = [&](size_t from, size_t to) {
    return line_text.substr(from, std::max(from, to) - from);
  };
  const size_t carets = DisplayWidth(part(column, std::min(end, stop)));
  std::string text =
      fmt::format("{:>4} | {}\n     | {}{}", mark.line, Visible(part(start, stop)),
                  Blank(part(start, column)), std::string(std::max<size_t>(carets, 1), '^'));
  if (!remark.empty()) text += fmt::format(" {}", remark);
  return text + "\n";
}

std::string Render(const Diagnostic& diagnostic) {
  const SourceMark& mark = diagnostic.mark;
  std::string text;
  if (!mark.file.empty()) text += Visible(mark.file) + ":";
  if (mark.line > 0) text += fmt::format("{}:{}:", mark.line, mark.column);
  if (!text.empty()) text += " ";
  text += diagnostic.severity == Diagnostic::Severity::kError ? "error: " : "warning: ";
  text += Visible(diagnostic.message) + "\n";
  if (mark.line > 0) text += RenderLine(mark, diagnostic.line);
  if (!diagnostic.hint.empty()) text += fmt::format("  hint: {}\n", Visible(diagnostic.hint));
  return text;
}

std::string Render(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += Render(diagnostic);
  return text;
}

}  // namespace ctestbed

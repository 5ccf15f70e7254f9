#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace ctestbed {

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
  for (const auto& [file, text] : sources_) {
    if (file == diagnostic.mark.file) diagnostic.line = LineOf(text, diagnostic.mark.line);
  }
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
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

std::vector<Diagnostic> Diagnostics::About(std::string_view file) const {
  std::vector<Diagnostic> chosen = Sorted();
  std::erase_if(chosen, [&](const Diagnostic& diagnostic) { return diagnostic.mark.file != file; });
  return chosen;
}

std::string_view LineOf(std::string_view text, int number) {
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
  const size_t column = mark.column > 0 ? static_cast<size_t>(mark.column - 1) : 0;
  // A long line is shown from near its caret.
  const size_t start = column > kWidest / 2 ? column - kWidest / 2 : 0;
  const std::string_view window = line_text.substr(std::min(start, line_text.size()), kWidest);
  const std::string_view before = window.substr(0, column - start);
  const size_t room = window.size() > before.size() ? window.size() - before.size() : 1;
  const size_t carets = std::clamp<size_t>(static_cast<size_t>(std::max(mark.length, 1)), 1, room);
  const std::string caret(DisplayWidth(window.substr(before.size(), carets)) == 0
                              ? 1
                              : DisplayWidth(window.substr(before.size(), carets)),
                          '^');
  std::string text = fmt::format("{:>4} | {}\n     | {}{}", mark.line, Visible(window),
                                 std::string(DisplayWidth(before), ' '), caret);
  if (!remark.empty()) text += fmt::format(" {}", remark);
  return text + "\n";
}

std::string Render(const Diagnostic& diagnostic) {
  const SourceMark& mark = diagnostic.mark;
  std::string text;
  if (!mark.file.empty()) text += mark.file + ":";
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

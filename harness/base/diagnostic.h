// Located messages about input: collected, sorted, rendered with line and caret.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/source_mark.h"

namespace ctestbed {

struct Diagnostic {
  enum class Severity { kError, kWarning };
  Severity severity = Severity::kError;
  SourceMark mark;
  std::string message;  // one line in the form of Error::message
  std::string hint;     // how to fix it; may be empty
  std::string line;     // the text of the source line at `mark`; filled by Diagnostics::Add

  bool operator==(const Diagnostic&) const = default;
};

// All mistakes of all files, in one go. Not thread-safe.
class Diagnostics {
 public:
  // Gives the text of `file`, from which later messages about it quote their line.
  void AddSource(std::string file, std::string text);

  // Texts of over 2000 bytes are cut, and stay on one line.
  void Error(SourceMark mark, std::string message, std::string hint = {});
  void Warning(SourceMark mark, std::string message, std::string hint = {});

  bool HasErrors() const;
  bool empty() const { return all_.empty(); }
  // Sorted by file, line, column; equal ones once.
  std::vector<Diagnostic> Sorted() const;
  // Those about `file`, sorted.
  std::vector<Diagnostic> About(std::string_view file) const;

 private:
  void Add(Diagnostic diagnostic);

  std::vector<std::pair<std::string, std::string>> sources_;
  std::vector<Diagnostic> all_;
};

// presets/a.yaml:14:7: error: unknown probe 'htpp'
//   14 |     - htpp: /health
//      |       ^^^^
//   hint: did you mean 'http'?
// Ends in a newline. Control characters of the quoted line are made visible.
std::string Render(const Diagnostic& diagnostic);
std::string Render(const std::vector<Diagnostic>& diagnostics);

// The quoted line and the caret line of the form above, for failures that point into a suite.
std::string RenderLine(const SourceMark& mark, std::string_view line_text,
                       std::string_view remark = {});

// Line `number` (from 1) of `text`, without its newline; empty when there is none.
std::string_view LineOf(std::string_view text, int number);

}  // namespace ctestbed

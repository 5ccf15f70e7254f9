// Small text helpers that every area needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctestbed {

// `text` with each byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string ValidUtf8(std::string_view text);
// Byte offset of the first byte that is not valid UTF-8, or npos.
size_t FindInvalidUtf8(std::string_view text);

// `text` made safe for a terminal: invalid UTF-8 replaced, control characters other than newline
// and tab shown as \x1b and the like.
std::string Visible(std::string_view text);
// Columns that Visible(text) takes, counting one per character.
size_t DisplayWidth(std::string_view text);

// 'text' in single quotes on one line: control characters visible, newline and tab as \n and \t,
// cut at 120 characters.
std::string Quote(std::string_view text);

std::vector<std::string> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view Trim(std::string_view text);
// The last `count` lines of `text`, without final newlines.
std::string LastLines(std::string_view text, size_t count);

// `word` for a POSIX shell, quoted only where it must be.
std::string ShellQuote(std::string_view word);
// A command line that can be pasted.
std::string ShellCommand(const std::vector<std::string>& argv);

// Whether `name` is [A-Za-z0-9][A-Za-z0-9_.-]{0,62}: what may name a node, preset, suite, axis or
// value, and so stand in file names, test names and labels.
bool IsName(std::string_view name);

// A hint that names the nearest of `known` to `word` and lists them all:
//   did you mean 'http'? known probes: exec, http, tcp
// `plural` is "probes" here. The first part is left out when nothing is near; of very many, the
// first are listed, and how many more there are.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& known,
                       std::string_view plural);

}  // namespace ctestbed

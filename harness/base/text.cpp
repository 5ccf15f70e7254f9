#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ctestbed {
namespace {

bool IsContinuation(unsigned char byte) {
  return (byte & 0xC0U) == 0x80U;
}

// Length of the valid UTF-8 sequence that `text` begins with, or 0 (RFC 3629 section 4).
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(byte(i))) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) > 0x9F;
  const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || too_large ? 0 : length;
}

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> previous(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(previous);
    previous.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, substituted});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

// The first of those of `names` that `word` is most likely a misspelling of; null when none is
// near.
const std::string* Nearest(std::string_view word, const std::vector<std::string>& names) {
  // One letter is near to nothing.
  const size_t most = word.size() < 2 ? 0 : std::max<size_t>(1, word.size() / 3);
  const std::string* nearest = nullptr;
  size_t least = most + 1;
  for (const std::string& name : names) {
    // As many letters at least are missing, or too many.
    if (std::max(word.size(), name.size()) - std::min(word.size(), name.size()) >= least) continue;
    const size_t distance = EditDistance(word, name);
    if (distance >= least) continue;
    nearest = &name;
    least = distance;
  }
  return nearest;
}

// The first `count` characters of `text`.
std::string_view Beginning(std::string_view text, size_t count) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsContinuation(static_cast<unsigned char>(text[i]))) continue;
    if (count-- == 0) return text.substr(0, i);
  }
  return text;
}

}  // namespace

size_t FindInvalidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = SequenceLength(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

std::string ValidUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    valid += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return valid;
}

std::string Visible(std::string_view text) {
  std::string shown;
  const std::string valid = ValidUtf8(text);
  for (size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    const bool control = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
    // C1 controls are U+0080..U+009F: C2 80..9F.
    const bool c1 =
        byte == 0xC2 && i + 1 < valid.size() && static_cast<unsigned char>(valid[i + 1]) < 0xA0;
    if (control) {
      shown += fmt::format("\\x{:02x}", byte);
    } else if (c1) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(valid[++i]));
    } else {
      shown += valid[i];
    }
  }
  return shown;
}

size_t DisplayWidth(std::string_view text) {
  const std::string shown = Visible(text);
  return static_cast<size_t>(std::count_if(shown.begin(), shown.end(), [](char c) {
    return !IsContinuation(static_cast<unsigned char>(c));
  }));
}

std::string Quote(std::string_view text) {
  const std::string_view beginning = Beginning(text, 120);
  std::string quoted = "'";
  for (const char c : Visible(beginning)) {
    quoted += c == '\n' ? std::string("\\n") : c == '\t' ? std::string("\\t") : std::string(1, c);
  }
  return quoted + (beginning.size() < text.size() ? "...'" : "'");
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t start = 0;;) {
    const size_t end = text.find(separator, start);
    parts.emplace_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

std::string Join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

std::string LastLines(std::string_view text, size_t count) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  size_t start = text.size() + 1;  // of the earliest line taken so far
  for (size_t lines = 0; lines < count; ++lines) {
    const size_t newline = start < 2 ? std::string_view::npos : text.rfind('\n', start - 2);
    if (newline == std::string_view::npos) return std::string(text);
    start = newline + 1;
  }
  return std::string(text.substr(std::min(start, text.size())));
}

std::string ShellQuote(std::string_view word) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-";
  if (!word.empty() && word.find_first_not_of(kSafe) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string ShellCommand(const std::vector<std::string>& argv) {
  std::string line;
  for (const std::string& word : argv) {
    if (!line.empty()) line += ' ';
    line += ShellQuote(word);
  }
  return line;
}

bool IsName(std::string_view name) {
  constexpr std::string_view kAlnum =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  if (name.empty() || name.size() > 63) return false;
  if (kAlnum.find(name.front()) == std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return kAlnum.find(c) != std::string_view::npos || c == '_' || c == '.' || c == '-';
  });
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& known,
                       std::string_view plural) {
  constexpr size_t kLongestWord = 100;
  constexpr size_t kMostListed = 100;
  std::vector<std::string> listed = known;
  std::sort(listed.begin(), listed.end());
  std::string hint;
  if (word.size() <= kLongestWord) {
    if (const std::string* nearest = Nearest(word, listed)) {
      hint = fmt::format("did you mean '{}'? ", *nearest);
    }
  }
  std::string more;
  if (listed.size() > kMostListed) {
    more = fmt::format(" and {} more", listed.size() - kMostListed);
    listed.resize(kMostListed);
  }
  return hint +
         fmt::format("known {}: {}{}", plural, listed.empty() ? "none" : Join(listed, ", "), more);
}

}  // namespace ctestbed

#include "base/regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <array>

#include "base/text.h"

namespace ctestbed {
namespace {

Status Usable(const re2::RE2& regex) {
  if (regex.ok()) return {};
  return Fail(ErrorKind::kInvalid, fmt::format("{} is no regular expression: {}",
                                               Quote(regex.pattern()), Visible(regex.error())));
}

re2::StringPiece Piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

Status CheckRegex(std::string_view pattern) {
  return Usable(re2::RE2(Piece(pattern), re2::RE2::Quiet));
}

Result<bool> RegexMatches(std::string_view pattern, std::string_view text) {
  const re2::RE2 regex(Piece(pattern), re2::RE2::Quiet);
  TRY_DO(Usable(regex));
  return re2::RE2::PartialMatch(Piece(text), regex);
}

Result<std::string> FindRegex(std::string_view pattern, std::string_view text) {
  const re2::RE2 regex(Piece(pattern), re2::RE2::Quiet);
  TRY_DO(Usable(regex));
  std::array<re2::StringPiece, 2> groups;
  const bool found =
      regex.Match(Piece(text), 0, text.size(), re2::RE2::UNANCHORED, groups.data(), groups.size());
  if (!found) return Fail(ErrorKind::kNotFound, fmt::format("no match of {}", Quote(pattern)));
  return std::string(groups[regex.NumberOfCapturingGroups() > 0 ? 1 : 0]);
}

}  // namespace ctestbed

#include "io/system_error.h"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <system_error>

namespace ctestbed {

std::string ErrnoText(int number) {
  std::string text = std::generic_category().message(number);
  const bool acronym = text.size() > 1 && std::isupper(static_cast<unsigned char>(text[1])) != 0;
  if (!text.empty() && !acronym) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

tl::unexpected<Error> SystemError(std::string_view what, int number) {
  const bool absent = number == ENOENT || number == ENOTDIR;
  return Fail(absent ? ErrorKind::kNotFound : ErrorKind::kInternal,
              fmt::format("cannot {}: {}", what, ErrnoText(number)));
}

}  // namespace ctestbed

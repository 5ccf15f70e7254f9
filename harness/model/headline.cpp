#include "model/headline.h"

#include <fmt/format.h>

namespace ctestbed {

std::string CaseHeadline(std::string_view name, std::string_view message) {
  if (message.starts_with(fmt::format("{}: ", name))) return std::string(message);
  return fmt::format("{}: {}", name, message);
}

}  // namespace ctestbed

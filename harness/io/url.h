// URLs (RFC 3986) and dates (RFC 9110 section 5.6.7) of HTTP.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ctestbed {

struct UrlParts {
  std::string scheme;  // in lower case
  std::string host;
  std::string port;   // that of the scheme where none is written
  std::string path;   // at least "/"
  std::string query;  // with its "?", or empty

  bool operator==(const UrlParts&) const = default;
};

// kInvalid when `url` is no absolute one.
Result<UrlParts> PartsOfUrl(const std::string& url);

// `url` without user and password; kInvalid as above.
Result<std::string> WithoutUser(const std::string& url);

// What `reference` names when it stands at `base` (RFC 3986 section 5), without a fragment.
Result<std::string> ResolveUrl(const std::string& base, const std::string& reference);

// From now until an HTTP date; negative when it is past, nothing when `text` is no date.
std::optional<std::chrono::seconds> UntilHttpDate(const std::string& text);

}  // namespace ctestbed

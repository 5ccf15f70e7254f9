// Percent-encoding.
#pragma once

#include <string>
#include <string_view>

namespace ctestbed {

// `text` for a URL's query (RFC 3986 section 2.3).
std::string PercentEncoded(std::string_view text);

}  // namespace ctestbed

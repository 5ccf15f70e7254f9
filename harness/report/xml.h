// Foreign text inside XML 1.0 (fifth edition). Whatever bytes come in, what goes out is well
// formed: invalid UTF-8 becomes U+FFFD and control characters are spelled out as \x1b.
#pragma once

#include <string>
#include <string_view>

namespace ctestbed {

// For between two tags.
std::string XmlText(std::string_view text);
// For between double quotes: line ends and tabs survive attribute normalisation.
std::string XmlAttribute(std::string_view text);

}  // namespace ctestbed

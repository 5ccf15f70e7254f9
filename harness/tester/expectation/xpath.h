// XPath 1.0 on HTML and XML (libxml2).
#pragma once

#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"

namespace ctestbed {

// kInvalid says what is wrong with `expression`.
Status CheckXPath(const std::string& expression);

enum class Markup { kHtml, kXml };
// kXml when `text` says so itself by its first line or `content_type` does.
Markup MarkupOf(std::string_view text, std::string_view content_type);

// What `expression` finds in `text`: a string, number or boolean, or for nodes the list of their
// texts. Prefixes of namespaces are those of the document's root. HTML is read as browsers do,
// XML must be well-formed; neither loads anything. kInvalid otherwise.
Result<Json> FindXPath(const std::string& expression, std::string_view text, Markup markup);

}  // namespace ctestbed

// The files beside this one that make up the page, embedded by embed.cmake.
#pragma once

#include <string_view>

namespace ctestbed {

extern const std::string_view kPageTemplate;  // page.mustache
extern const std::string_view kPageStyle;     // page.css
extern const std::string_view kPageScript;    // page.js

}  // namespace ctestbed

// Patterns such as people write for names. Pure.
#pragma once

#include <string_view>

namespace ctestbed {

// Whether all of `text` fits `pattern`, in which `*` is any text and `?` any one byte.
bool MatchesGlob(std::string_view pattern, std::string_view text);

}  // namespace ctestbed

// Types that an expected value may name instead of a value: `<uuid>`, `<int>`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "tester/expectation/value.h"

namespace ctestbed {

std::vector<std::string> TypeNames();
bool IsTypeName(std::string_view name);

// The name inside the brackets where `expected` is written like a type mark, known or not: an
// unquoted scalar `<word>`. Empty otherwise.
std::string_view TypeMarkOf(const Document& expected);

// Whether `actual` has the type `name`; nothing has the type "absent" alone. A text outside JSON
// counts as the value that it spells.
bool HasType(const Actual& actual, std::string_view name);

}  // namespace ctestbed

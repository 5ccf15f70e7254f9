// Deep comparison of an expected value with an actual one.
#pragma once

#include <string>

#include "base/document.h"
#include "tester/expectation/value.h"
#include "tester/expectation/variables.h"

namespace ctestbed {

// Empty when `actual` equals `expected` (which holds no references), else the first difference:
// "is 6, wanted 7", "[0].qty is 6, wanted 7". Type marks inside `expected` count as such. In JSON
// numbers compare by value, and a number never equals a text; outside JSON everything is text.
std::string Difference(const Document& expected, const Actual& actual, const Variables& variables);

}  // namespace ctestbed

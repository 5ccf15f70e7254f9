// Expectations as data: a literal means equal, `<type>` a type, a map holds operators, all of
// which must hold: `{ge: 1, lt: 10}`.
#pragma once

#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "tester/expectation/failure.h"
#include "tester/expectation/value.h"
#include "tester/expectation/variables.h"

namespace ctestbed {

// Reports what is wrong with `expected` in itself: unknown operators and types, arguments of the
// wrong shape, patterns that do not compile, operators that do not apply to `kind`. Scalars with
// references are taken on trust.
void CheckMatcher(const Document& expected, ValueKind kind, Diagnostics& problems);

// What of `expected`, which CheckMatcher accepted, does not hold for `actual`; empty when all does.
// Where nothing was found, that is the failure unless its absence is wanted.
std::vector<Failure> Match(const Document& expected, const Actual& actual,
                           const Variables& variables);

}  // namespace ctestbed

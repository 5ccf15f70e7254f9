// Expectations on parts of a JSON value, by JSONPath.
#pragma once

#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "tester/expectation/failure.h"
#include "tester/expectation/value.h"
#include "tester/expectation/variables.h"

namespace ctestbed {

// Reports a path that does not parse, at the spot. One with references is taken on trust.
void CheckPath(const Located<std::string>& path, Diagnostics& problems);
// The same for a map of paths and matchers.
void CheckPaths(const Document& expected, Diagnostics& problems);

// What `path` finds in `root`: of a singular one the node, else the list of all nodes found. A
// failure when it holds an undefined variable or does not parse.
OrFailure<Actual> FindPath(const Located<std::string>& path, const Json& root,
                           const Variables& variables);
// The failures of one path; their subject is the path.
std::vector<Failure> MatchPath(const Document::Entry& expected, const Json& root,
                               const Variables& variables);

}  // namespace ctestbed

// Constraints as text, in the words of PICT ([A] = "x", <>, IN, AND, OR, NOT, IF..THEN..ELSE) and
// of ACTS (==, !=, &&, ||, !, =>), as forbidden combinations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/cover/cover_model.h"

namespace ctestbed {

struct NamedAxis {
  std::string name;
  std::vector<std::string> values;
};

// Axis `axis` has one of some values, those true in `values`.
struct Literal {
  int axis = 0;
  std::vector<bool> values;
};
using Term = std::vector<Literal>;  // all of them

// Every combination that makes all of `term` true. kInvalid if there are too many.
Result<std::vector<PartialRow>> CombinationsOf(const Term& term);

// What `text`, one constraint, forbids. An error says in which column (from 1) it was met.
Result<std::vector<PartialRow>> ForbiddenBy(std::string_view text,
                                            const std::vector<NamedAxis>& axes);

}  // namespace ctestbed

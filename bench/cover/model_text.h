// Models in the file formats of other tools.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cover/constraint_text.h"
#include "plan/cover/cover_model.h"

namespace ctestbed {

// All errors are kInvalid and begin with FILE:LINE:COLUMN, `file` being the name to show.

// PICT: `NAME: value, value`, `{ A, B } @ 3`, constraints up to a semicolon, `#` comments.
Result<CoverModel> ModelFromPict(std::string_view text, const std::string& file);
// ACTS: sections [Parameter], [Relation] and [Constraint]; others are skipped.
Result<CoverModel> ModelFromActs(std::string_view text, const std::string& file);
// CASA: strength, number of axes, numbers of values; constraints are clauses over all values, which
// are numbered through. `constraints` may be empty.
Result<CoverModel> ModelFromCasa(std::string_view model, const std::string& file,
                                 std::string_view constraints, const std::string& constraints_file);

}  // namespace ctestbed

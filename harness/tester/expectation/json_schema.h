// JSON Schema, draft 7, with all it needs in one document: a `$ref` stays inside. Our own, since
// the packaged validator matches patterns by backtracking, which a long text overflows.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"

namespace ctestbed {

// What of `value` does not fit `schema`: "$.lines[0].qty is 0, wanted at least 1". Empty when all
// fits. `format` is checked for date-time and uuid; `pattern` is RE2's. kInvalid when `schema` is
// none that can be used; parts that `value` never reaches are not looked at.
Result<std::vector<std::string>> SchemaMistakes(const Json& schema, const Json& value);

}  // namespace ctestbed

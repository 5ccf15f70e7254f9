// How little the rows of a covering array can change from one to the next.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/cover/cover_model.h"

namespace ctestbed {

// No rows that cover `model` cost less to change, in any order, than this. `rows` cover it, so that
// any others have all their combinations, too.
int64_t ChangeBound(const CoverModel& model, const std::vector<CoverRow>& rows,
                    const std::vector<int64_t>& weights);

}  // namespace ctestbed

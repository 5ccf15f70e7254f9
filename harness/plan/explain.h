// Why a run stands where it stands in a plan, for people.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/plan.h"
#include "plan/plan.h"

namespace ctestbed {

// Where the run of that name is, what it shares the environment with and why, what changes for it,
// and what other places would cost. kInvalid, with what is near to the name.
Result<std::string> ExplainRun(const Plan& plan, const PlanInput& input,
                               const PlanSettings& settings, std::string_view run);

}  // namespace ctestbed

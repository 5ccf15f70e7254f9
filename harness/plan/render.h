// A plan for people.
#pragma once

#include <string>

#include "model/plan.h"

namespace ctestbed {

// "split-auth store=redis (fresh)"
std::string EnvironmentTitle(const Batch& batch);

// Per lane and batch: its environment, suites and cost, then what changes and why; then what the
// plan costs as a whole, and how far from the least that is. Ends in a newline.
std::string RenderPlan(const Plan& plan);

}  // namespace ctestbed

// From samples to estimates. Pure.
#pragma once

#include <string>
#include <vector>

#include "history/sample.h"
#include "model/estimates.h"

namespace ctestbed {

// What the samples of one project tell of `backend`.
//
// A time is the median of the last 20, each of which counts for 0.9 of the one after it, drawn
// towards that of all that share its parent: n samples weigh n against 3. The parent of a node is
// its name in its preset, that of a run its suite. For what was never measured the parent's 75 %
// quantile stands, since times have heavy tails. Only runs that passed or failed have a time;
// errors and failures count for the failure score, where each counts for 0.7 of the one after it.
Estimates EstimatesFrom(const std::vector<Sample>& samples, const std::string& backend);

}  // namespace ctestbed

// The part of FoldResults (report/results.h) that is about one run.
#pragma once

#include <vector>

#include "report/results.h"

namespace ctestbed {

// `events` are all those of one run, in order, at least one; `stages` those of all environments.
RunResult FoldRun(const std::vector<const Event*>& events,
                  const std::vector<EnvironmentStage>& stages);

}  // namespace ctestbed

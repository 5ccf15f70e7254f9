// Runs steps in parallel along their dependencies.
#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace ctestbed {

struct Step {
  std::string name;  // unique in its graph
  std::set<std::string>
      after;  // names of steps that must have succeeded; unknown ones count as done
  std::function<Status(std::stop_token)> work;
};

// Every step runs once all that it comes after have succeeded, each on a thread of its own. The
// first failure asks the running ones to stop and starts no more; it is the one returned, after
// all that runs has ended. `stop` cancels the same way (kCancelled). The graph has no cycle.
Status RunSteps(std::vector<Step> steps, std::stop_token stop);

}  // namespace ctestbed

// What a test program says of its cases, in whatever format it says it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tester/tester.h"

namespace ctestbed {

struct ProgramResults {
  std::vector<CaseResult> cases;  // in order; no two have the same name
  std::string problem;  // why they are not to be trusted, else empty; what came before is there

  // A name that was there already gets " #2" and so on.
  void Add(CaseResult result);

 private:
  std::map<std::string, int> times_seen_;
};

}  // namespace ctestbed

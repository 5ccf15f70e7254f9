// What a suite says its cases come to: `expected: {CASE: failed}`. A case that does as expected
// counts as passed, one that does better as failed, so that nobody overlooks that it can go.
#pragma once

#include <set>
#include <vector>

#include "model/suite.h"
#include "tester/tester.h"

namespace ctestbed {

// For one run, of one thread. `suite` outlives it.
class ExpectedOutcomes {
 public:
  explicit ExpectedOutcomes(const Suite& suite) : suite_(suite) {}

  // What `result` counts as. An error stays one.
  CaseResult Judge(const CaseResult& result);
  // A failure for every case that was expected to do something and was not there.
  std::vector<CaseResult> Missing() const;

 private:
  const Suite& suite_;
  std::set<std::string> seen_;
};

}  // namespace ctestbed

// Holds an answer against what a step expects of it, and takes from it what the step saves.
#pragma once

#include <string>
#include <vector>

#include "io/http_client.h"
#include "tester/expectation/failure.h"
#include "tester/expectation/variables.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

struct Findings {
  std::vector<Failure> failures;
  int asserts = 0;         // made
  int asserts_failed = 0;  // one may have several failures
};

// Every expectation of `step` is looked at, also after a wrong status. Where `step` expects no
// status, one from 400 on is a failure.
Findings CheckAnswer(const HttpStep& step, const HttpResponse& response,
                     const Variables& variables);

// Sets what `step` saves; a failure for each thing that is not there.
std::vector<Failure> SaveFrom(const HttpStep& step, const HttpResponse& response,
                              Variables& variables);

// Status, size, version and time on one line, then the begin of the body, safe for a terminal,
// without the values of secrets. Ends in a newline.
std::string DescribeAnswer(const HttpResponse& response, const Findings& findings,
                           const Variables& variables);

}  // namespace ctestbed

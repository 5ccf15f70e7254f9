// Holds an answer against what a step expects of it, and takes from it what the step saves.
#pragma once

#include <string>
#include <vector>

#include "tester/expectation/failure.h"
#include "tester/expectation/variables.h"
#include "tester/requests/body_checks.h"
#include "tester/requests/exchange.h"
#include "tester/requests/findings.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

// Every expectation of `step` but those across answers is looked at, also after a wrong status.
// Where `step` expects no status, one from 400 on is a failure; so is another HTTP version than
// that of `settings`.
Findings CheckAnswer(const HttpSettings& settings, const HttpStep& step, const Answer& answer,
                     const Variables& variables, const CheckFiles& files);

// Sets what `step` saves; a failure for each thing that is not there.
std::vector<Failure> SaveFrom(const HttpStep& step, const Answer& answer, Variables& variables);

// Status, size, version and times on one line, redirects, then the begin of the body, safe for a
// terminal, without the values of secrets. Ends in a newline.
std::string DescribeAnswer(const Answer& answer, const Findings& findings,
                           const Variables& variables);

}  // namespace ctestbed

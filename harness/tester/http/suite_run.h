// One run of an http suite.
#pragma once

#include <stop_token>
#include <string>

#include "tester/http/suite.h"
#include "tester/tester.h"

namespace ctestbed {

struct HttpRunInput {
  const TesterIo& io;
  const TestContext& context;
  const CaseSink& sink;
  std::stop_token stop;
  std::string source;  // text of the suite's file, for carets; may be empty
};

// Setup, every case, the final steps; each case goes to the sink. A failed setup is a failed case
// "setup" and makes the others errors; failed final steps of the suite are a failed case
// "finally". kCancelled on `stop`.
Status RunHttpSuite(const HttpSuite& suite, const HttpRunInput& input);

}  // namespace ctestbed

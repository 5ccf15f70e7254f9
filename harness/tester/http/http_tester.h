// Runs suites of HTTP requests that are data: requests, captures, expectations.
#pragma once

#include <memory>
#include <span>

#include "tester/tester.h"

namespace ctestbed {

// The keys of a suite that are this tester's own.
std::span<const Field> HttpSuiteFields();

std::unique_ptr<Tester> MakeHttpTester(const TesterIo& io);

}  // namespace ctestbed

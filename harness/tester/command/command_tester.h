// Runs any test program against the environment and reads what it says about its cases.
#pragma once

#include <memory>
#include <span>

#include "tester/tester.h"

namespace ctestbed {

// The keys of a suite that are this tester's own.
std::span<const Field> CommandSuiteFields();

// The program finds the endpoints in its environment, and in CTESTBED_JUNIT the path where its
// JUnit file is looked for.
std::unique_ptr<Tester> MakeCommandTester(const TesterIo& io);

}  // namespace ctestbed

// Runs suites of WebSocket clients that are data: messages, expectations, and HTTP between them.
#pragma once

#include <memory>
#include <span>

#include "tester/tester.h"

namespace ctestbed {

// The keys of a suite that are this tester's own.
std::span<const Field> EdgeSuiteFields();

std::unique_ptr<Tester> MakeEdgeTester(const TesterIo& io);

}  // namespace ctestbed

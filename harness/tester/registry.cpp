#include <algorithm>
#include <array>

#include "tester/command/command_tester.h"
#include "tester/edge/edge_tester.h"
#include "tester/http/http_tester.h"
#include "tester/tester.h"

namespace ctestbed {

std::span<const TesterEntry> Testers() {
  static const std::array<TesterEntry, 3> kTesters{{
      {"command", "runs any test program and reads its JUnit file, TAP or exit code",
       CommandSuiteFields(), MakeCommandTester},
      {"edge", "drives WebSocket clients and holds what they receive against what is expected",
       EdgeSuiteFields(), MakeEdgeTester},
      {"http", "sends requests and holds the answers against what is expected", HttpSuiteFields(),
       MakeHttpTester},
  }};
  return kTesters;
}

const TesterEntry* FindTester(std::string_view name) {
  const auto testers = Testers();
  const auto found = std::find_if(testers.begin(), testers.end(),
                                  [&](const TesterEntry& entry) { return entry.name == name; });
  return found == testers.end() ? nullptr : &*found;
}

}  // namespace ctestbed

#include "tester/command/program_results.h"

#include <fmt/format.h>

namespace ctestbed {

void ProgramResults::Add(CaseResult result) {
  const int times = ++times_seen_[result.name];
  if (times > 1) result.name += fmt::format(" #{}", times);
  cases.push_back(std::move(result));
}

}  // namespace ctestbed

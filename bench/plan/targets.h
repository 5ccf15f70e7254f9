// What ordering promises, and what it comes to on the families of instances.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/instances.h"

namespace ctestbed {

struct BenchOptions {
  double seconds = 60;  // for all targets together; each measures at least once
  uint64_t seed = 1;
  std::vector<Family> families;
  std::vector<std::string> targets;  // "O1" ...; none: all
};

// One number of a target: "met" is that it is at most what was promised.
struct Bar {
  std::string name;
  double value = 0;
  std::string unit;
  double target = 0;
  std::string note;  // how many instances, the worst of them

  bool Met() const { return value <= target; }
};

std::vector<Bar> MeasureTargets(const BenchOptions& options);

}  // namespace ctestbed

// Problems to measure the ordering of plans with: the families of the benchmark, seeded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/order/order_problem.h"

namespace ctestbed {

struct Instance {
  std::string family;
  std::string name;
  OrderProblem problem;
  std::optional<Duration> optimum;  // of the changes in one lane, where known

  size_t Environments() const { return problem.environments.size(); }
};

struct Family {
  std::string_view name;
  std::string_view help;
  // Sizes that make sense are up to the family; about `size` environments.
  Instance (*make)(int size, uint64_t seed);
};
const std::vector<Family>& Families();

}  // namespace ctestbed

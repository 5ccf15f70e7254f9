// A plan spread over jobs of a CI system, as these systems read it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/plan.h"
#include "plan/order/order_problem.h"
#include "plan/plan.h"

namespace ctestbed {

// "2/5": the second of five.
struct Shard {
  int number = 1;
  int count = 1;

  bool operator==(const Shard&) const = default;
};
// kInvalid where it is no such thing, or counts past kMostShards.
Result<Shard> ParseShard(std::string_view text);
inline constexpr int kMostShards = kMostOrderedLanes;

// Lane `number` of a plan that was made with `count` lanes, as a plan of its own with its own cost;
// without lanes when the plan needs fewer.
Plan ShardOf(const Plan& plan, const Shard& shard, const PlanSettings& settings);

struct PlanFormat {
  std::string_view name;
  std::string_view help;  // one line
  // Of a plan whose lanes are the shards, of so many that were asked for; kInvalid past a limit of
  // the system, which is named.
  Result<std::string> (*render)(const Plan& plan, int shards);
};

// Sorted by name.
std::span<const PlanFormat> PlanFormats();

}  // namespace ctestbed

#include "plan/shards.h"

#include <algorithm>
#include <numeric>

#include "plan/order/visits.h"

namespace ctestbed {
namespace {

Duration MakespanOfShards(const OrderProblem& problem, std::vector<std::vector<int>> shards) {
  const StepCosts costs(problem);
  Duration makespan{0};
  for (std::vector<int>& shard : shards) {
    std::sort(shard.begin(), shard.end());
    std::vector<OrderedVisit> visits;
    for (const int run : shard) {
      visits.push_back({problem.runs[static_cast<size_t>(run)].environment, {run}, {}});
    }
    JoinVisits(problem, visits);
    if (!visits.empty()) makespan = std::max(makespan, LaneOf(costs, std::move(visits)).end);
  }
  return makespan;
}

}  // namespace

Duration LongestFirstMakespan(const OrderProblem& problem, int lanes) {
  const auto time = [&](int run) { return problem.runs[static_cast<size_t>(run)].time; };
  std::vector<int> order(problem.runs.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return time(a) > time(b); });
  std::vector<Duration> ends(static_cast<size_t>(lanes));
  std::vector<std::vector<int>> shards(ends.size());
  for (const int run : order) {
    const auto emptiest = std::min_element(ends.begin(), ends.end());
    shards[static_cast<size_t>(emptiest - ends.begin())].push_back(run);
    *emptiest += time(run);
  }
  return MakespanOfShards(problem, std::move(shards));
}

Duration ChunksMakespan(const OrderProblem& problem, int lanes) {
  Duration sum{0};
  for (const OrderRun& run : problem.runs) sum += run.time;
  std::vector<std::vector<int>> shards(1);
  Duration filled{0};
  for (size_t run = 0; run < problem.runs.size(); ++run) {
    if (filled >= sum / lanes && std::ssize(shards) < lanes) {
      shards.emplace_back();
      filled = Duration{0};
    }
    shards.back().push_back(static_cast<int>(run));
    filled += problem.runs[run].time;
  }
  return MakespanOfShards(problem, std::move(shards));
}

}  // namespace ctestbed

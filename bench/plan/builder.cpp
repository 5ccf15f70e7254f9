#include "plan/builder.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace ctestbed {

InstanceBuilder::InstanceBuilder(std::string family, std::string name, uint64_t seed)
    : instance_{std::move(family), std::move(name), {}, {}}, random_(seed * 7919 + 17) {}

int InstanceBuilder::AddSlot(int states, double seconds, bool spread) {
  Slot& slot = problem().slots.emplace_back(Slot{{SlotState{}}});
  const double share = 0.8;
  for (int i = 0; i < states; ++i) {
    const double cost = 1000 * seconds * (spread ? 0.7 + 0.7 * random_.Unit() : 1.0);
    const Duration start{static_cast<int64_t>(cost * share) + 1};
    slot.states.push_back(
        {.start = start, .stop = Duration{static_cast<int64_t>(cost * (1 - share))}});
  }
  return static_cast<int>(problem().slots.size()) - 1;
}

double InstanceBuilder::Seconds(WeightLaw law, int index) {
  switch (law) {
    case WeightLaw::kEqual:
      return 5;
    case WeightLaw::kLogUniform:
      return LogUniform();
    case WeightLaw::kGeometric:
      return 0.25 * std::exp2(index % 10);
    case WeightLaw::kDominant:
      break;
  }
  return index == 0 ? 100 : 1;
}

double InstanceBuilder::LogUniform(double least, double most) {
  return least * std::pow(most / least, random_.Unit());
}

double InstanceBuilder::Normal() {
  const double radius = std::sqrt(-2 * std::log(1 - random_.Unit()));
  return radius * std::cos(2 * std::numbers::pi * random_.Unit());
}

Duration InstanceBuilder::RunTime(double mean_seconds) {
  constexpr double kSigma = 1.2;
  return Duration{static_cast<int64_t>(1000 * mean_seconds *
                                       std::exp(kSigma * Normal() - kSigma * kSigma / 2))};
}

bool InstanceBuilder::AddEnvironment(SlotStates states) {
  uint64_t hash = 1469598103934665603ULL;
  for (const uint16_t state : states) hash = (hash ^ state) * 1099511628211ULL;
  auto& rows = problem().environments;
  if (2 * rows.size() >= buckets_.size()) {
    buckets_.assign(std::max<size_t>(64, 4 * rows.size()), -1);
    for (size_t i = 0; i < rows.size(); ++i) {
      size_t at = hashes_[i] % buckets_.size();
      while (buckets_[at] >= 0) at = (at + 1) % buckets_.size();
      buckets_[at] = static_cast<int>(i);
    }
  }
  size_t at = hash % buckets_.size();
  for (; buckets_[at] >= 0; at = (at + 1) % buckets_.size()) {
    if (rows[static_cast<size_t>(buckets_[at])] == states) return false;
  }
  buckets_[at] = static_cast<int>(rows.size());
  hashes_.push_back(hash);
  rows.push_back(std::move(states));
  return true;
}

void InstanceBuilder::AddRandomEnvironments(int size) {
  const auto target = std::ssize(problem().environments) + size;
  for (int tries = 0; tries < 20 * size && std::ssize(problem().environments) < target; ++tries) {
    SlotStates row;
    for (const Slot& slot : problem().slots) {
      const auto states = static_cast<int>(slot.states.size()) - 1;
      row.push_back(static_cast<uint16_t>(1 + random_.Below(states)));
    }
    AddEnvironment(std::move(row));
  }
}

Instance InstanceBuilder::Finish(double mean_run_seconds, std::optional<Duration> optimum) {
  std::vector<int> order(problem().environments.size());
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[static_cast<size_t>(random_.Below(static_cast<int>(i)))]);
  }
  for (const int environment : order) {
    OrderRun& run = problem().runs.emplace_back();
    run.environment = environment;
    run.time = RunTime(mean_run_seconds);
  }
  instance_.optimum = optimum;
  return std::move(instance_);
}

Duration ProductOptimum(std::vector<int> sizes, std::vector<Duration> changes) {
  std::vector<size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return changes[a] > changes[b]; });
  int64_t beginnings = 1;
  Duration sum{0};
  for (const size_t axis : order) {
    sum += changes[axis] * (beginnings * (sizes[axis] - 1) + 1);
    beginnings *= sizes[axis];
  }
  return sum;
}

}  // namespace ctestbed

// What the families of instances are made of.
#pragma once

#include "plan/instances.h"
#include "plan/plan_random.h"

namespace ctestbed {

enum class WeightLaw { kEqual, kLogUniform, kGeometric, kDominant };

// Start and stop of a slot; of all its states, unless `spread` makes them differ by 0.7 to 1.4.
class InstanceBuilder {
 public:
  InstanceBuilder(std::string family, std::string name, uint64_t seed);

  PlanRandom& random() { return random_; }
  OrderProblem& problem() { return instance_.problem; }

  // A slot with `states` states besides absent; returns its index.
  int AddSlot(int states, double seconds, bool spread = false);
  // Seconds by a law, for the `index`-th of some slots.
  double Seconds(WeightLaw law, int index);
  // 0.2 to 120 s, each order of magnitude as likely as the next.
  double LogUniform() { return LogUniform(0.2, 120); }
  double LogUniform(double least, double most);
  double Normal();
  // Log-normal with sigma 1.2 around a mean.
  Duration RunTime(double mean_seconds);

  // Adds an environment unless there is such a one; whether it was added.
  bool AddEnvironment(SlotStates states);
  // Random states, none absent, until there are `size` environments or no new ones are found.
  void AddRandomEnvironments(int size);
  // One run each, in an order that was shuffled.
  Instance Finish(double mean_run_seconds = 1, std::optional<Duration> optimum = {});

 private:
  Instance instance_;
  PlanRandom random_;
  std::vector<uint64_t> hashes_;
  std::vector<int> buckets_;
};

// By the formula for products, of environments made by `builder`: `sizes` and the costs of changing
// each axis.
Duration ProductOptimum(std::vector<int> sizes, std::vector<Duration> changes);

}  // namespace ctestbed

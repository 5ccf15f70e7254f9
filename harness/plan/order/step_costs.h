// What it costs to go from one environment to another.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/order/order_problem.h"

namespace ctestbed {

// Environment `kNothing` is the empty one: before the first and after the last visit of a lane.
inline constexpr int kNothing = -1;

// Borrows `problem`, which is sound (CheckProblem). Not for several threads at once.
class StepCosts {
 public:
  explicit StepCosts(const OrderProblem& problem);

  const OrderProblem& problem() const { return problem_; }
  // Whether all steps between clean environments are symmetric when halves of start and stop are
  // counted at both ends, and obey the triangle inequality: what bounds rest on.
  bool IsMetric() const { return problem_.objective == OrderObjective::kSerial; }
  // Whether changes of slots do not depend on each other.
  bool IsSeparable() const { return IsMetric() && !follows_; }

  // Of the whole step, by the objective: what differs, what is dirty or wanted fresh and does not
  // reset, and what follows these, restarts.
  Duration Step(int from, const SlotSet& dirty, int to, const SlotSet& fresh) const;
  // Both ways together, nothing dirty. Of a closed tour that begins and ends with nothing, twice
  // the cost under kSerial.
  int32_t RoundTrip(int a, int b) const;

 private:
  uint16_t StateOf(int environment, size_t slot) const;
  void MarkSet(const SlotSet& set) const;
  void Close(int from) const;
  Duration PlainStep(int from, int to) const;
  Duration SerialCost(int from, int to) const;
  Duration LongestChain(int environment, bool starting) const;

  const OrderProblem& problem_;
  bool follows_ = false;
  // Of the step at hand, per slot.
  enum Fate : char { kKept, kReset, kRestarted, kChanged };
  mutable std::vector<Fate> fates_;
  mutable std::vector<Duration> finished_;
};

}  // namespace ctestbed

#include "plan/order/step_costs.h"

#include <algorithm>

namespace ctestbed {

StepCosts::StepCosts(const OrderProblem& problem)
    : problem_(problem), fates_(problem.slots.size()), finished_(problem.slots.size()) {
  for (const Slot& slot : problem.slots) {
    for (const SlotState& state : slot.states) follows_ |= !state.follows.empty();
  }
}

uint16_t StepCosts::StateOf(int environment, size_t slot) const {
  return environment == kNothing ? uint16_t{0}
                                 : problem_.environments[static_cast<size_t>(environment)][slot];
}

void StepCosts::MarkSet(const SlotSet& set) const {
  const Fate fate = set.restart ? kRestarted : kReset;
  const auto mark = [&](Fate& known) { known = std::max(known, fate); };
  if (set.all) std::for_each(fates_.begin(), fates_.end(), mark);
  for (const int slot : set.slots) mark(fates_[static_cast<size_t>(slot)]);
}

// What follows a slot that does not stay as it is restarts.
void StepCosts::Close(int from) const {
  for (bool more = follows_; more;) {
    more = false;
    for (size_t slot = 0; slot < fates_.size(); ++slot) {
      if (fates_[slot] == kChanged) continue;
      const auto& follows = problem_.slots[slot].states[StateOf(from, slot)].follows;
      if (std::any_of(follows.begin(), follows.end(),
                      [&](int other) { return fates_[static_cast<size_t>(other)] != kKept; })) {
        fates_[slot] = kChanged;
        more = true;
      }
    }
  }
}

Duration StepCosts::SerialCost(int from, int to) const {
  Duration cost{0};
  for (size_t slot = 0; slot < fates_.size(); ++slot) {
    const auto& states = problem_.slots[slot].states;
    if (fates_[slot] == kChanged) {
      cost += states[StateOf(from, slot)].stop + states[StateOf(to, slot)].start;
    } else if (fates_[slot] == kReset) {
      cost += states[StateOf(to, slot)].reset.value_or(Duration{0});
    }
  }
  return cost;
}

// The longest chain of slots of `environment` that change and wait for each other; it is as long
// from its beginning, when starting, as from its end, when stopping.
Duration StepCosts::LongestChain(int environment, bool starting) const {
  std::fill(finished_.begin(), finished_.end(), Duration{0});
  Duration longest{0};
  for (bool more = true; more;) {
    more = false;
    for (size_t slot = 0; slot < fates_.size(); ++slot) {
      const SlotState& state = problem_.slots[slot].states[StateOf(environment, slot)];
      Duration end{0};
      for (const int other : state.waits_for) {
        end = std::max(end, finished_[static_cast<size_t>(other)]);
      }
      if (fates_[slot] == kChanged) end += starting ? state.start : state.stop;
      if (fates_[slot] == kReset && starting) end += state.reset.value_or(Duration{0});
      more |= end > finished_[slot];
      finished_[slot] = end;
      longest = std::max(longest, end);
    }
  }
  return longest;
}

Duration StepCosts::PlainStep(int from, int to) const {
  Duration cost{0};
  for (size_t slot = 0; slot < fates_.size(); ++slot) {
    const uint16_t before = StateOf(from, slot);
    const uint16_t after = StateOf(to, slot);
    if (before == after) continue;
    const auto& states = problem_.slots[slot].states;
    cost += states[before].stop + states[after].start;
  }
  return cost;
}

Duration StepCosts::Step(int from, const SlotSet& dirty, int to, const SlotSet& fresh) const {
  if (IsSeparable() && dirty.Empty() && fresh.Empty()) return PlainStep(from, to);
  std::fill(fates_.begin(), fates_.end(), kKept);
  MarkSet(dirty);
  MarkSet(fresh);
  for (size_t slot = 0; slot < fates_.size(); ++slot) {
    const uint16_t before = StateOf(from, slot);
    Fate& fate = fates_[slot];
    const bool must_restart =
        fate == kRestarted || (fate == kReset && !problem_.slots[slot].states[before].reset);
    if (before != StateOf(to, slot) || (before != 0 && must_restart)) {
      fate = kChanged;
    } else if (before == 0) {
      fate = kKept;
    }
  }
  Close(from);
  if (problem_.objective == OrderObjective::kSerial) return SerialCost(from, to);
  return LongestChain(from, false) + LongestChain(to, true);
}

int32_t StepCosts::RoundTrip(int a, int b) const {
  const SlotSet none;
  return static_cast<int32_t>((Step(a, none, b, none) + Step(b, none, a, none)).count());
}

}  // namespace ctestbed

// What has to be ordered: environments as states of slots, and the runs that need them. Values
// only.
//
// A slot is a place for a node in any environment; its state is what stands there, and two states
// are equal exactly when one can be used for the other. All costs are Durations (milliseconds).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/duration.h"
#include "base/result.h"

namespace ctestbed {

struct SlotState {
  Duration start{0};
  Duration stop{0};
  std::optional<Duration> reset;  // makes it as good as newly started without a restart
  std::vector<int> follows;    // slots: this restarts with any of them that does not stay as it is
  std::vector<int> waits_for;  // slots that start before and stop after this; no circles

  bool operator==(const SlotState&) const = default;
};

// State 0 is "absent", costs nothing and is always there.
struct Slot {
  std::vector<SlotState> states;

  bool operator==(const Slot&) const = default;
};

// One state per slot.
using SlotStates = std::vector<uint16_t>;

struct SlotSet {
  bool all = false;
  std::vector<int> slots;
  bool restart = false;  // a reset does not do for these

  bool Empty() const { return !all && slots.empty(); }
  bool operator==(const SlotSet&) const = default;
};

struct OrderRun {
  int environment = 0;
  Duration time{0};
  SlotSet fresh;           // newly started, or reset, since any other run
  SlotSet dirties;         // no run after this one may use them before that
  bool exclusive = false;  // has a visit of its own

  bool operator==(const OrderRun&) const = default;
};

// Each of `before` ends before any of `after` begins. Lanes do not wait for each other, so that all
// runs bound by this are in one lane.
struct Precedence {
  std::vector<int> before;
  std::vector<int> after;

  bool operator==(const Precedence&) const = default;
};

// What an environment takes while it is alive, in units of the caller; equal environments take the
// same.
struct Footprint {
  int64_t memory = 0;
  int64_t cpus = 0;

  bool operator==(const Footprint&) const = default;
};

// A capacity of 0 is no limit. Capacities hold whatever the timing: for the largest environments of
// the lanes together.
struct LaneRules {
  int count = 1;  // 0: as many as pay, at most kMostOrderedLanes
  Duration start_up{0};
  int alive = 0;
  int64_t memory = 0;
  int64_t cpus = 0;

  bool operator==(const LaneRules&) const = default;
};
inline constexpr int kMostOrderedLanes = 256;

// What a change costs: all stops and starts one after the other, or the longest chain of stops that
// wait for each other and then that of starts.
enum class OrderObjective { kSerial, kCriticalPath };

struct OrderProblem {
  std::vector<Slot> slots;
  std::vector<SlotStates> environments;  // may repeat
  std::vector<Footprint> footprints;     // of the environments; none: nothing
  std::vector<OrderRun> runs;            // in declared order
  std::vector<Precedence> precedences;
  LaneRules lanes;
  OrderObjective objective = OrderObjective::kSerial;

  bool operator==(const OrderProblem&) const = default;
};

// The nodes of one environment started and stopped once may cost this, so that sums fit.
inline constexpr Duration kMostEnvironmentCost{1 << 29};  // six days

// kInvalid: an index out of range, a negative cost, an environment too dear, precedences or waits
// in a circle, or no lane that could hold some environment.
Status CheckProblem(const OrderProblem& problem);

}  // namespace ctestbed

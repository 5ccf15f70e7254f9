#include "plan/adversarial.h"

#include <algorithm>
#include <bit>

#include "plan/builder.h"

namespace ctestbed {

Instance EqualWeights(int size, uint64_t seed) {
  InstanceBuilder builder("A1", "equal weights", seed);
  for (int slot = 0; slot < 8; ++slot) builder.AddSlot(4, 5);
  builder.AddRandomEnvironments(size);
  return builder.Finish();
}

Instance EvenWords(int size, uint64_t seed) {
  InstanceBuilder builder("A2", "words of even weight", seed);
  const auto bits = static_cast<int>(std::bit_width(static_cast<unsigned>(size)));
  for (int slot = 0; slot < bits; ++slot) builder.AddSlot(2, 5);
  for (unsigned word = 0; word < 1U << bits; ++word) {
    if (std::popcount(word) % 2 != 0) continue;
    SlotStates row;
    for (int bit = 0; bit < bits; ++bit)
      row.push_back(static_cast<uint16_t>(1 + (word >> bit & 1)));
    builder.AddEnvironment(std::move(row));
  }
  const auto words = static_cast<int64_t>(builder.problem().environments.size());
  // Starts may be rounded differently per slot by a millisecond, not with equal seconds and share.
  Duration least = Duration::max();
  Duration whole{0};
  for (const Slot& slot : builder.problem().slots) {
    const Duration change = slot.states[1].start + slot.states[1].stop;
    least = std::min(least, change);
    whole += change;
  }
  const bool equal = whole == least * bits;
  return builder.Finish(1, equal ? std::optional(whole + 2 * (words - 1) * least) : std::nullopt);
}

// Two values of a dear slot; the cells of the second hang on those of the first by one cheap chain.
Instance GreedyTrap(int size, uint64_t seed) {
  InstanceBuilder builder("A3", "greedy trap", seed);
  builder.AddSlot(2, 100);
  builder.AddSlot(std::max(2, size / 2), 1);
  builder.AddSlot(2, 10);
  builder.AddSlot(2, 0.5);
  const int values = static_cast<int>(builder.problem().slots[1].states.size()) - 1;
  for (int value = 1; value <= values; ++value) {
    const auto state = static_cast<uint16_t>(value);
    builder.AddEnvironment({1, state, static_cast<uint16_t>(1 + value % 2), 1});
    builder.AddEnvironment({static_cast<uint16_t>(value % 7 == 0 ? 2 : 1), state, 1, 2});
  }
  return builder.Finish();
}

Instance SortedTrap(int size, uint64_t seed) {
  InstanceBuilder builder("A4", "sorted trap", seed);
  builder.AddSlot(3, 120);
  for (int slot = 1; slot < 10; ++slot) builder.AddSlot(4, builder.LogUniform());
  for (int tries = 0; tries < 20 * size && std::ssize(builder.problem().environments) < size;
       ++tries) {
    SlotStates row;
    for (size_t slot = 0; slot < builder.problem().slots.size(); ++slot) {
      const auto states = static_cast<int>(builder.problem().slots[slot].states.size()) - 1;
      const bool absent = builder.random().Below(100) < (slot == 0 ? 90 : 40);
      row.push_back(absent ? uint16_t{0}
                           : static_cast<uint16_t>(1 + builder.random().Below(states)));
    }
    builder.AddEnvironment(std::move(row));
  }
  return builder.Finish();
}

Instance TwoClusters(int size, uint64_t seed) {
  InstanceBuilder builder("A5", "two clusters", seed);
  for (int slot = 0; slot < 12; ++slot) builder.AddSlot(4, builder.LogUniform());
  for (int i = 0; i < size; ++i) {
    SlotStates row(12);
    for (size_t slot = 0; slot < 6; ++slot) {
      row[slot + (i % 2 == 0 ? 0 : 6)] = static_cast<uint16_t>(1 + builder.random().Below(4));
    }
    builder.AddEnvironment(std::move(row));
  }
  builder.AddEnvironment(SlotStates(12, 1));
  return builder.Finish();
}

Instance Cascade(int size, uint64_t seed) {
  InstanceBuilder builder("A6", "cascade", seed);
  builder.AddSlot(4, 0.5);
  for (int slot = 1; slot < 8; ++slot) {
    builder.AddSlot(4, builder.LogUniform());
    for (SlotState& state : builder.problem().slots.back().states) {
      if (state != SlotState{}) state.follows = {builder.random().Below(slot)};
    }
  }
  builder.AddRandomEnvironments(size);
  return builder.Finish();
}

Instance Lopsided(int size, uint64_t seed) {
  InstanceBuilder builder("A7", "lopsided", seed);
  for (int slot = 0; slot < 9; ++slot) {
    builder.AddSlot(4, builder.LogUniform(), true);
    for (SlotState& state : builder.problem().slots.back().states) {
      const Duration sum = state.start + state.stop;
      state.start = builder.random().Below(2) == 0 ? sum / 50 : sum;
      state.stop = sum - state.start;
    }
  }
  builder.AddRandomEnvironments(size);
  return builder.Finish();
}

Instance Isolated(int size, uint64_t seed) {
  InstanceBuilder builder("A8", "isolated", seed);
  for (int slot = 0; slot < 5; ++slot) builder.AddSlot(std::max(2, size / 3), builder.LogUniform());
  builder.AddRandomEnvironments(size);
  return builder.Finish();
}

Instance NearDuplicates(int size, uint64_t seed) {
  InstanceBuilder builder("A10", "near duplicates", seed);
  for (int slot = 0; slot < 6; ++slot) builder.AddSlot(3, builder.LogUniform());
  builder.AddSlot(12, 0);
  for (SlotState& state : builder.problem().slots.back().states) state = {};
  builder.AddRandomEnvironments(size);
  return builder.Finish();
}

Instance LongAxis(int /*size*/, uint64_t seed) {
  InstanceBuilder builder("A11", "long axis", seed);
  builder.AddSlot(500, 10, true);
  builder.AddSlot(1, 50);
  builder.AddRandomEnvironments(2000);
  return builder.Finish();
}

Instance Tiny(int /*size*/, uint64_t seed) {
  InstanceBuilder builder("A12", "tiny", seed);
  builder.AddSlot(1, 10);
  if (seed % 2 == 0) builder.AddEnvironment({1});
  return builder.Finish();
}

}  // namespace ctestbed

#include "plan/instances.h"

#include <algorithm>
#include <array>

#include "plan/adversarial.h"
#include "plan/builder.h"

namespace ctestbed {
namespace {

Duration ChangeOf(const OrderProblem& problem, size_t slot) {
  const SlotState& state = problem.slots[slot].states[1];
  return state.start + state.stop;
}

// Sizes of axes whose product is about `size`.
std::vector<int> AxisSizes(int size, PlanRandom& random) {
  std::vector<int> sizes;
  for (int cells = 1; 2 * cells <= size;) {
    const int values = std::min(2 + random.Below(5), std::max(2, size / cells));
    sizes.push_back(values);
    cells *= values;
  }
  return sizes;
}

// Calls `use` with every cell, states from 1.
template <typename Use>
void ForEachCell(const std::vector<int>& sizes, Use use) {
  SlotStates cell(sizes.size(), 1);
  for (size_t axis = 0; axis < sizes.size();) {
    use(cell);
    for (axis = 0; axis < sizes.size(); ++axis) {
      if (cell[axis] < sizes[axis]) {
        ++cell[axis];
        break;
      }
      cell[axis] = 1;
    }
  }
}

Instance Product(int size, uint64_t seed) {
  InstanceBuilder builder("G1", "product", seed);
  const std::vector<int> sizes = AxisSizes(size, builder.random());
  const auto law = static_cast<WeightLaw>(seed % 4);
  std::vector<Duration> changes;
  for (size_t axis = 0; axis < sizes.size(); ++axis) {
    builder.AddSlot(sizes[axis], builder.Seconds(law, static_cast<int>(axis)));
    changes.push_back(ChangeOf(builder.problem(), axis));
  }
  ForEachCell(sizes, [&](const SlotStates& cell) { builder.AddEnvironment(cell); });
  return builder.Finish(1, ProductOptimum(sizes, changes));
}

Instance ExcludedProduct(int size, uint64_t seed) {
  InstanceBuilder builder("G2", "product with excludes", seed);
  const double excluded = 0.3 + 0.5 * builder.random().Unit();
  const std::vector<int> sizes =
      AxisSizes(static_cast<int>(size / (1 - excluded)), builder.random());
  for (const int values : sizes) builder.AddSlot(values, builder.LogUniform(), seed % 2 == 0);
  // Pairs of values that do not go together, until about that share is gone; the rest at random.
  struct Pair {
    size_t a, b;
    int x, y;
  };
  std::vector<Pair> nogoods;
  const auto axes = static_cast<int>(sizes.size());
  for (int i = 0; i < axes; ++i) {
    const auto a = static_cast<size_t>(builder.random().Below(axes));
    const auto b = static_cast<size_t>(builder.random().Below(axes));
    if (a == b) continue;
    nogoods.push_back(
        {a, b, 1 + builder.random().Below(sizes[a]), 1 + builder.random().Below(sizes[b])});
  }
  ForEachCell(sizes, [&](const SlotStates& cell) {
    const bool bad = std::any_of(nogoods.begin(), nogoods.end(), [&](const Pair& pair) {
      return cell[pair.a] == pair.x && cell[pair.b] == pair.y;
    });
    if (!bad && builder.random().Unit() > excluded / 2) builder.AddEnvironment(cell);
  });
  return builder.Finish();
}

// Rows as a covering array has them: values nearly independent, each new row at a distance.
Instance CoveringRows(int size, uint64_t seed) {
  InstanceBuilder builder("G3", "rows of a covering array", seed);
  const int axes = 6 + builder.random().Below(8);
  std::vector<int> sizes;
  for (int axis = 0; axis < axes; ++axis) {
    sizes.push_back(2 + builder.random().Below(6));
    builder.AddSlot(sizes.back(), builder.LogUniform(), true);
  }
  for (int tries = 0; tries < 20 * size && std::ssize(builder.problem().environments) < size;
       ++tries) {
    SlotStates row;
    for (const int values : sizes) {
      row.push_back(static_cast<uint16_t>(1 + (builder.random().Below(values) + tries) % values));
    }
    builder.AddEnvironment(std::move(row));
  }
  return builder.Finish();
}

struct PresetNode {
  int slot;
  std::vector<int> axes;  // that its state depends on
};

// Presets pick nodes; a node's state comes from its preset and one to three axes; suites pick some
// axes whose cells they all want, the rest at their defaults.
Instance Presets(int size, uint64_t seed) {
  InstanceBuilder builder("G4", "presets", seed);
  PlanRandom& random = builder.random();
  const int presets = 12 + random.Below(29);
  const int slots = 14 + random.Below(5);
  std::vector<int> sizes;
  for (int axis = 0; axis < 10; ++axis) sizes.push_back(2 + random.Below(4));
  std::vector<PresetNode> nodes;
  for (int i = 0; i < slots; ++i) {
    PresetNode node{i, {}};
    int states = 3;  // variants that presets have of it
    for (int n = 1 + random.Below(3); n > 0; --n) {
      node.axes.push_back(random.Below(10));
      states *= sizes[static_cast<size_t>(node.axes.back())];
    }
    builder.AddSlot(states, builder.LogUniform(), false);
    nodes.push_back(std::move(node));
  }
  std::vector<std::vector<int>> variants;  // by preset and slot, -1: absent
  for (int preset = 0; preset < presets; ++preset) {
    auto& row = variants.emplace_back();
    for (int i = 0; i < slots; ++i) row.push_back(random.Below(100) < 55 ? random.Below(3) : -1);
  }
  for (int tries = 0; tries < 40 * size && std::ssize(builder.problem().environments) < size;
       ++tries) {
    const auto& variant = variants[static_cast<size_t>(random.Below(presets))];
    std::vector<bool> picked(10);
    for (int n = 2 + random.Below(4); n > 0; --n)
      picked[static_cast<size_t>(random.Below(10))] = true;
    for (int cell = 0; cell < 8; ++cell) {
      std::vector<int> values;
      for (size_t axis = 0; axis < 10; ++axis) {
        values.push_back(picked[axis] ? random.Below(sizes[axis]) : 0);
      }
      SlotStates row;
      for (const PresetNode& node : nodes) {
        int state = variant[static_cast<size_t>(node.slot)];
        for (const int axis : node.axes) {
          state = state * sizes[static_cast<size_t>(axis)] + values[static_cast<size_t>(axis)];
        }
        row.push_back(
            static_cast<uint16_t>(variant[static_cast<size_t>(node.slot)] < 0 ? 0 : state + 1));
      }
      if (std::ssize(builder.problem().environments) < size) builder.AddEnvironment(std::move(row));
    }
  }
  return builder.Finish();
}

Instance Uniform(int size, uint64_t seed) {
  InstanceBuilder builder("G5", "uniform 6^10", seed);
  for (int slot = 0; slot < 10; ++slot) builder.AddSlot(6, builder.LogUniform());
  builder.AddRandomEnvironments(size);
  return builder.Finish();
}

// Many runs in few environments.
Instance Duplicates(int size, uint64_t seed) {
  Instance instance = Presets(std::clamp(size / 200, 50, 500), seed);
  instance.family = "G6";
  PlanRandom random(seed);
  const auto environments = static_cast<int>(instance.Environments());
  while (std::ssize(instance.problem.runs) < size) {
    instance.problem.runs.push_back(
        {.environment = random.Below(environments), .time = Duration{random.Below(2000)}});
  }
  return instance;
}

// Products that share no slot: what is best is best for each.
Instance DisjointProducts(int size, uint64_t seed) {
  InstanceBuilder builder("G7", "disjoint products", seed);
  Duration optimum{0};
  std::vector<SlotStates> rows;
  for (int part = 0; part < 4; ++part) {
    const std::vector<int> sizes = AxisSizes(size / 4, builder.random());
    const size_t first = builder.problem().slots.size();
    std::vector<Duration> changes;
    for (const int values : sizes) {
      builder.AddSlot(values, builder.LogUniform());
      changes.push_back(ChangeOf(builder.problem(), builder.problem().slots.size() - 1));
    }
    ForEachCell(sizes, [&](const SlotStates& cell) {
      SlotStates& row = rows.emplace_back(first);
      row.insert(row.end(), cell.begin(), cell.end());
    });
    optimum += ProductOptimum(sizes, changes);
  }
  for (SlotStates& row : rows) {
    row.resize(builder.problem().slots.size());
    builder.AddEnvironment(std::move(row));
  }
  return builder.Finish(1, optimum);
}

// 5, 30 or 70 % of the runs leave all dirty, as many a part; some want it fresh.
Instance Dirty(int size, uint64_t seed) {
  Instance instance = Presets(std::max(4, size / 2), seed);
  instance.family = "G8";
  instance.name = "dirty runs";
  PlanRandom random(seed);
  const int percent = std::array{5, 30, 70}[seed % 3];
  const std::vector<OrderRun> once = instance.problem.runs;
  instance.problem.runs.insert(instance.problem.runs.end(), once.begin(), once.end());
  for (OrderRun& run : instance.problem.runs) {
    if (random.Below(100) < percent) {
      run.dirties.all = random.Below(2) == 0;
      if (!run.dirties.all) run.dirties.slots = {random.Below(14)};
    }
    run.fresh.all = random.Below(100) < 5;
  }
  return instance;
}

// Lanes, one run that is 30 % of the work, and start-up.
Instance Lanes(int size, uint64_t seed) {
  Instance instance = Presets(size, seed);
  instance.family = "G10";
  instance.name = "lanes";
  PlanRandom random(seed);
  Duration sum{0};
  for (const OrderRun& run : instance.problem.runs) sum += run.time;
  instance.problem.runs[0].time = sum * 3 / 7;
  instance.problem.lanes.start_up = Duration{1000 * random.Below(121)};
  instance.problem.lanes.count = std::array{1, 4, 16, 64, 256}[seed % 5];
  return instance;
}

}  // namespace

const std::vector<Family>& Families() {
  static const std::vector<Family> kFamilies = {
      {"G1", "products, optimum known", Product},
      {"G2", "products with 30-80 % excluded", ExcludedProduct},
      {"G3", "rows of covering arrays", CoveringRows},
      {"G4", "presets that share nodes and axes", Presets},
      {"G5", "states at random", Uniform},
      {"G6", "many runs in few environments", Duplicates},
      {"G7", "products that share nothing, optimum known", DisjointProducts},
      {"G8", "dirty and fresh runs", Dirty},
      {"G10", "lanes, one run of 30 % of the work", Lanes},
      {"A1", "equal weights: ties everywhere", EqualWeights},
      {"A2", "words of even weight: no step changes one axis alone, optimum known", EvenWords},
      {"A3", "a cheap bridge to a dear cluster", GreedyTrap},
      {"A4", "the dearest node is mostly absent", SortedTrap},
      {"A5", "two clusters joined by one environment", TwoClusters},
      {"A6", "a cheap root restarts everything", Cascade},
      {"A7", "start much dearer than stop, or the reverse", Lopsided},
      {"A8", "environments that share little", Isolated},
      {"A10", "environments that differ in what costs nothing", NearDuplicates},
      {"A11", "one axis of 500 values", LongAxis},
      {"A12", "one environment, or none", Tiny},
  };
  return kFamilies;
}

}  // namespace ctestbed

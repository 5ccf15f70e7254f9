#include "plan/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "plan/builder.h"
#include "plan/measured.h"
#include "plan/order/order_check.h"
#include "plan/order/visits.h"
#include "plan/shards.h"

namespace ctestbed {
namespace {

std::string Note(const Spread& spread) {
  return fmt::format("{} instances, mean {:.3f}, worst {}", spread.values.size(), spread.Mean(),
                     spread.worst);
}

class Targets {
 public:
  explicit Targets(const BenchOptions& options) : options_(options) {}

  std::vector<Bar> Measure() {
    const std::vector<std::pair<std::string, void (Targets::*)()>> all = {
        {"O1", &Targets::Exact},  {"O2", &Targets::Small},  {"O3", &Targets::Large},
        {"O4", &Targets::Fast},   {"O5", &Targets::Rivals}, {"O6", &Targets::InLanes},
        {"O7", &Targets::Robust}, {"D1", &Targets::Same}};
    const auto wanted = [&](const std::string& name) {
      return options_.targets.empty() || std::find(options_.targets.begin(), options_.targets.end(),
                                                   name) != options_.targets.end();
    };
    const auto count =
        std::count_if(all.begin(), all.end(), [&](const auto& one) { return wanted(one.first); });
    for (const auto& [name, measure] : all) {
      if (!wanted(name)) continue;
      deadline_ = SecondsNow() + options_.seconds / static_cast<double>(count);
      (this->*measure)();
    }
    Add("violations found by the checker", violations_, "", 0,
        fmt::format("of {} plans {}", plans_, violation_));
    return std::move(bars_);
  }

 private:
  static constexpr OrderOptions kFast{.iterations = 0, .bound_steps = 0};

  void Add(std::string name, double value, std::string unit, double target, std::string note) {
    bars_.push_back({std::move(name), value, std::move(unit), target, std::move(note)});
  }

  Measured Run(const Instance& instance, uint64_t seed, OrderOptions options) {
    options.seed = options_.seed;
    Measured measured = ctestbed::Measure(instance, seed, options);
    ++plans_;
    if (!measured.violation.empty()) {
      ++violations_;
      violation_ = fmt::format("{}: {}", measured.label, measured.violation);
    }
    return measured;
  }

  // All families once, and again with further seeds until the time is up.
  void ForEach(int size, const std::function<void(const Instance&, uint64_t)>& use,
               uint64_t seeds = 1000) {
    for (uint64_t seed = options_.seed; seed < options_.seed + seeds; ++seed) {
      for (const Family& family : options_.families) {
        if (seed > options_.seed && SecondsNow() > deadline_) return;
        use(family.make(size, seed), seed);
      }
    }
  }

  // Gaps mean something for one lane, with no dirty or fresh runs, which no bound takes into
  // account.
  static bool HasBound(const Instance& instance) {
    return instance.problem.lanes.count == 1 && instance.family != "G8" &&
           !instance.problem.runs.empty();
  }

  void Exact() {
    Spread seconds, gaps;
    for (uint64_t seed = 1; seed <= 1000; ++seed) {
      if (seed > 20 && SecondsNow() > deadline_ - 5) break;
      InstanceBuilder builder("O1", "random", seed);
      const int slots = 4 + builder.random().Below(5);
      for (int slot = 0; slot < slots; ++slot) builder.AddSlot(3, builder.LogUniform(), true);
      builder.AddRandomEnvironments(2 + builder.random().Below(17));
      const Measured measured = Run(builder.Finish(), seed, {});
      seconds.Add(measured.seconds, measured.label);
      gaps.Add(measured.gap, measured.label);
    }
    Add("O1 D <= 18: above the optimum", gaps.Largest(), "%", 0, Note(gaps));
    Add("O1 D <= 18: slowest", seconds.Largest(), "s", 0.5, Note(seconds));
    Spread products, product_seconds;
    for (const int size : {1000, 100'000, 1'000'000}) {
      const Measured measured = Run(Families()[0].make(size, options_.seed), options_.seed, kFast);
      products.Add(measured.gap, measured.label);
      product_seconds.Add(measured.seconds, measured.label);
    }
    Add("O1 products: above the optimum", products.Largest(), "%", 0, Note(products));
    Add("O1 products: slowest", product_seconds.Largest(), "s", 1, Note(product_seconds));
  }

  void Small() {
    Spread gaps, seconds;
    for (const int size : {50, 100, 200}) {
      const double end = deadline_;
      deadline_ = SecondsNow() + (end - SecondsNow()) / (size == 50 ? 3 : size == 100 ? 2 : 1);
      ForEach(size, [&](const Instance& instance, uint64_t seed) {
        if (!HasBound(instance) || instance.Environments() > 400) return;
        const Measured measured = Run(instance, seed, {.iterations = 30'000, .bound_steps = 8000});
        gaps.Add(measured.gap, measured.label);
        seconds.Add(measured.seconds, measured.label);
      });
      deadline_ = end;
    }
    Add("O2 D <= 200: proven gap, 95 % of instances", gaps.Quantile(0.95), "%", 0.5, Note(gaps));
    Add("O2 D <= 200: proven gap, worst", gaps.Largest(), "%", 1.5, Note(gaps));
    Add("O2 D <= 200: slowest", seconds.Largest(), "s", 1, Note(seconds));
  }

  // Only the ordering is timed: what the bound takes is found by a second call without it.
  void Size(int size, OrderOptions options, double mean, double worst, double limit) {
    Spread gaps, seconds;
    ForEach(
        size,
        [&](const Instance& instance, uint64_t seed) {
          if (!HasBound(instance)) return;
          if (gaps.values.size() > 1 && SecondsNow() > deadline_) return;
          const Measured measured = Run(instance, seed, options);
          gaps.Add(measured.gap, measured.label);
          OrderOptions without = options;
          without.bound_steps = 0;
          seconds.Add(Run(instance, seed, without).seconds, measured.label);
        },
        5);
    Add(fmt::format("O3 D = {}: mean gap", size), gaps.Mean(), "%", mean, Note(gaps));
    Add(fmt::format("O3 D = {}: worst gap", size), gaps.Largest(), "%", worst, Note(gaps));
    Add(fmt::format("O3 D = {}: slowest, without the bound", size), seconds.Largest(), "s", limit,
        Note(seconds));
  }

  void Large() {
    const double end = deadline_;
    deadline_ = SecondsNow() + (end - SecondsNow()) / 2;
    Size(1000, {.iterations = kIterations1000, .bound_steps = 4000}, 0.7, 2, 5);
    deadline_ = end;
    if (options_.seconds >= 300) {
      Size(10'000, {.iterations = kIterations10000, .bound_steps = 1000}, 1.5, 3, 30);
    }
  }

  void Fast() {
    Spread many, large;
    for (const Family& family : Families()) {
      if (family.name == "G6") {
        const Measured measured = Run(family.make(100'000, options_.seed), options_.seed, kFast);
        many.Add(measured.seconds, measured.label);
      }
      if (family.name == "G4" || family.name == "G5") {
        const Measured measured = Run(family.make(100'000, options_.seed), options_.seed, kFast);
        large.Add(measured.seconds, measured.label);
      }
    }
    Add("O4 100 000 runs, D <= 1000", many.Largest(), "s", 0.3, Note(many));
    Add("O4 D = 100 000", large.Largest(), "s", 3, Note(large));
    Add("O4 peak memory", PeakMegabytes(), "MB", 1024, "of the whole bench so far");
  }

  void Rivals() {
    Spread pytest, testresources, above;
    for (const int size : {100, 1000}) {
      ForEach(
          size,
          [&](const Instance& instance, uint64_t seed) {
            if (!HasBound(instance) || instance.Environments() > 2000) return;
            const Measured measured = Run(instance, seed, {.iterations = 20'000, .bound_steps = 0});
            for (const RivalCost& rival : measured.plan.rivals) {
              if (rival.change == Duration{0}) continue;
              const double ratio = Seconds(measured.plan.change) / Seconds(rival.change);
              above.Add(ratio, measured.label + " " + rival.name);
              if (rival.name == "pytest") pytest.Add(ratio, measured.label);
              if (rival.name == "testresources") testresources.Add(ratio, measured.label);
            }
          },
          size == 100 ? 5 : 2);
    }
    Add("O5 cost / pytest's, mean", pytest.Mean(), "", 1.0 / 3, Note(pytest));
    Add("O5 cost / testresources', mean", testresources.Mean(), "", 0.75, Note(testresources));
    Add("O5 cost / that of any rival, worst", above.Largest(), "", 1, Note(above));
  }

  void InLanes() {
    Spread few, many, longest_first;
    for (uint64_t seed = options_.seed; seed < options_.seed + 3; ++seed) {
      for (const Family& family : options_.families) {
        for (const int lanes : {4, 16, 64}) {
          if (seed > options_.seed && SecondsNow() > deadline_) break;
          Instance instance = family.make(1000, seed);
          instance.problem.lanes = {.count = lanes};
          if (family.name == "G8" || family.name[0] != 'G') continue;
          const Measured measured =
              Run(instance, seed, {.iterations = 100'000, .bound_steps = 1000, .rivals_up_to = 0});
          if (!measured.plan.makespan_bound) continue;
          const std::string label = fmt::format("{} L={}", measured.label, lanes);
          (lanes <= 16 ? few : many)
              .Add(Seconds(measured.plan.makespan) / Seconds(*measured.plan.makespan_bound), label);
          Duration work{0};
          for (const OrderRun& run : instance.problem.runs) work += run.time;
          if (measured.plan.change < work) continue;
          const Duration rival = LongestFirstMakespan(instance.problem, lanes);
          longest_first.Add(Seconds(measured.plan.makespan) / Seconds(rival), label);
        }
      }
    }
    Add("O6 makespan / bound, L <= 16", few.Largest(), "", 1.03, Note(few));
    Add("O6 makespan / bound, L = 64", many.Largest(), "", 1.10, Note(many));
    Add("O6 makespan / longest-first sharding's, worst", longest_first.Largest(), "", 0.5,
        Note(longest_first));
  }

  // `problem` with other costs and times, each by a factor of its own: log-normal, half as much or
  // more on one side.
  static OrderProblem Noisy(const OrderProblem& problem, InstanceBuilder& noise) {
    const auto vary = [&](Duration& value) {
      const double factor = std::exp(std::log(1.5) * noise.Normal());
      value = Duration{static_cast<int64_t>(static_cast<double>(value.count()) * factor)};
    };
    OrderProblem noisy = problem;
    for (Slot& slot : noisy.slots) {
      for (size_t state = 1; state < slot.states.size(); ++state) {
        vary(slot.states[state].start);
        vary(slot.states[state].stop);
      }
    }
    for (OrderRun& run : noisy.runs) vary(run.time);
    return noisy;
  }

  void Robust() {
    Spread ratios;
    const Instance instance = Families()[3].make(100, options_.seed);
    for (const int lanes : {1, 4}) {
      OrderProblem problem = instance.problem;
      problem.lanes.count = lanes;
      const OrderOptions options{.iterations = 5000, .bound_steps = 0, .rivals_up_to = 0};
      const OrderedPlan plan = *Order(problem, options);
      InstanceBuilder noise("O7", "noise", options_.seed);
      for (int draw = 0; draw < 100; ++draw) {
        const OrderProblem real = Noisy(problem, noise);
        const StepCosts costs(real);
        Duration realised{0};
        for (const OrderedLane& lane : plan.lanes) {
          realised = std::max(realised, LaneOf(costs, lane.visits).end);
        }
        const OrderedPlan clairvoyant = *Order(real, options);
        ratios.Add(Seconds(realised) / Seconds(clairvoyant.makespan),
                   fmt::format("{} lanes, draw {}", lanes, draw));
      }
    }
    Add("O7 realised / clairvoyant makespan, 90 %", ratios.Quantile(0.9), "", 1.15, Note(ratios));
  }

  void Same() {
    int different = 0;
    int count = 0;
    ForEach(
        100,
        [&](const Instance& instance, uint64_t seed) {
          const OrderOptions options{.iterations = 3000, .bound_steps = 100};
          different += Run(instance, seed, options).plan != Run(instance, seed, options).plan;
          ++count;
        },
        2);
    Add("D1 plans that differ when made again", different, "", 0, fmt::format("{} plans", count));
  }

  static constexpr int64_t kIterations1000 = 250'000;
  static constexpr int64_t kIterations10000 = 300'000;

  const BenchOptions& options_;
  double deadline_ = 0;
  int plans_ = 0;
  int violations_ = 0;
  std::string violation_;
  std::vector<Bar> bars_;
};

}  // namespace

std::vector<Bar> MeasureTargets(const BenchOptions& options) {
  return Targets(options).Measure();
}

}  // namespace ctestbed

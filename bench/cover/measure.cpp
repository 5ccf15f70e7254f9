#include "cover/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "cover/pict_like.h"
#include "plan/cover/cover_check.h"
#include "plan/plan_random.h"

namespace ctestbed {
namespace {

using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Empty if the rows are right.
std::string Mistake(const CoverModel& model, const CoveringArray& array) {
  const Result<size_t> bound = CheckCovering(model, array.rows, array.apart);
  if (!bound) return bound.error().message;
  if (*bound == array.lower_bound) return {};
  return fmt::format("lower bound {}, the checker finds {}", array.lower_bound, *bound);
}

bool IsAmong(const Measured& measured, const char* family) {
  return measured.instance.family == family;
}

}  // namespace

Measured Measure(CoverInstance instance, const Limits& limits) {
  Measured measured{.instance = std::move(instance)};
  const CoverModel& model = measured.instance.model;
  const auto run = [&](CoverOptions options, double& seconds) -> CoveringArray {
    const auto start = SteadyClock::now();
    const double most = std::max(limits.time_s, measured.instance.wanted_within);
    if (options.iterations > 0) options.stop = [&] { return SecondsSince(start) > most; };
    Result<CoveringArray> array = Cover(model, options);
    seconds = SecondsSince(start);
    if (!array) measured.error = array.error().message;
    if (array && measured.error.empty()) measured.error = Mistake(model, *array);
    return array ? *std::move(array) : CoveringArray{};
  };
  measured.fast_rows = run({.seed = limits.seed}, measured.fast_s).rows.size();
  if (!measured.error.empty()) return measured;
  CoverOptions options{.seed = limits.seed, .iterations = std::numeric_limits<uint64_t>::max()};
  options.enough = measured.instance.wanted;
  measured.array = run(options, measured.array_s);
  const bool pairwise = model.strength == 2 && model.demands.empty();
  for (uint64_t seed = 1; IsAmong(measured, "deployment") && pairwise && seed <= 20; ++seed) {
    const auto rows = PictLikeRows(model, seed);
    if (!rows || !CheckCovering(model, *rows)) continue;
    measured.rival_rows =
        std::min(measured.rival_rows == 0 ? rows->size() : measured.rival_rows, rows->size());
  }
  return measured;
}

Verdict NeverLargerThanRivals(const std::vector<Measured>& all) {
  int compared = 0;
  int larger = 0;
  std::string worst;
  for (const Measured& measured : all) {
    const CoverInstance& instance = measured.instance;
    size_t rival = measured.rival_rows;
    for (const size_t rows : {instance.pict, instance.pict_best}) {
      if (rows > 0) rival = rival == 0 ? rows : std::min(rival, rows);
    }
    if (rival == 0) continue;
    ++compared;
    // In the fast mode, so surely within the seconds of the target.
    if (measured.error.empty() && measured.fast_rows <= rival) continue;
    ++larger;
    worst += fmt::format("{}{}: {} > {}", worst.empty() ? "" : ", ", instance.name,
                         measured.fast_rows, rival);
  }
  return {
      "C1", "fast mode, models not above the best of PICT and of its like",
      fmt::format("{} of {}{}{}", compared - larger, compared, worst.empty() ? "" : "; ", worst),
      "all", compared > 0 && larger == 0};
}

Verdict PublishedSizes(const std::vector<Measured>& all) {
  int asked = 0;
  int reached = 0;
  std::string missed;
  for (const Measured& measured : all) {
    const CoverInstance& instance = measured.instance;
    if (instance.wanted == 0) continue;
    ++asked;
    const size_t rows = measured.array.rows.size();
    if (measured.error.empty() && rows <= instance.wanted &&
        measured.array_s <= instance.wanted_within) {
      ++reached;
      continue;
    }
    missed += fmt::format("{}{} t={}: {} ({})", missed.empty() ? "" : ", ", instance.name,
                          instance.model.strength, rows, instance.wanted);
  }
  return {"C3", "published sizes and orthogonal arrays reached in time",
          fmt::format("{} of {}{}{}", reached, asked, missed.empty() ? "" : "; ", missed), "all",
          asked > 0 && reached == asked};
}

Verdict ProvenOptimal(const std::vector<Measured>& all) {
  int proven = 0;
  int models = 0;
  for (const Measured& measured : all) {
    if (!IsAmong(measured, "deployment")) continue;
    ++models;
    proven += measured.array.optimal && measured.error.empty();
  }
  return {"C5", "deployment matrices proven optimal", fmt::format("{} of {}", proven, models),
          "4 of 6", proven >= 4};
}

Verdict SameBytesAndNoFalseRows(uint64_t seed) {
  constexpr int kMutants = 10'000;
  int different = 0;
  int accepted = 0;
  int made = 0;
  PlanRandom random(seed);
  const std::vector<CoverInstance> instances = DeploymentInstances();
  for (const CoverInstance& instance : instances) {
    const CoverOptions options{.seed = seed, .iterations = 100'000};
    const Result<CoveringArray> array = Cover(instance.model, options);
    different += !array || *array != Cover(instance.model, options);
    if (!array) continue;
    // An array that cannot lose a row: every mutant lacks something, or has what must not be.
    std::vector<CoverRow> needed = array->rows;
    for (size_t i = needed.size(); i-- > 0;) {
      std::vector<CoverRow> fewer = needed;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (CheckCovering(instance.model, fewer)) needed = std::move(fewer);
    }
    for (size_t i = 0; i < kMutants / instances.size() + 1; ++i, ++made) {
      std::vector<CoverRow> mutant = needed;
      CoverRow& row = mutant[random.Below(mutant.size())];
      const auto& forbidden =
          instance.model.forbidden[random.Below(instance.model.forbidden.size())];
      switch (i % 3) {
        case 0:
          std::swap(row, mutant.back());
          mutant.pop_back();
          break;
        case 1:
          for (const Setting& setting : forbidden) {
            row[static_cast<size_t>(setting.axis)] = setting.value;
          }
          break;
        default:
          row[random.Below(row.size())] = -1;
      }
      accepted += CheckCovering(instance.model, mutant).has_value();
    }
  }
  return {"D1", "other bytes for the same input; mutants that the checker accepts",
          fmt::format("{}; {} of {}", different, accepted, made), "0; 0",
          different == 0 && accepted == 0};
}

}  // namespace ctestbed

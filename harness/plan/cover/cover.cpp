#include "plan/cover/cover.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/cover/algebraic_rows.h"
#include "plan/cover/apart_tuples.h"
#include "plan/cover/cover_problem.h"
#include "plan/cover/greedy_rows.h"
#include "plan/cover/local_search.h"

namespace ctestbed {
namespace {

// The required partial rows in as few rows as they fit into, first come, first served.
Result<std::vector<PartialRow>> Pin(const CoverModel& model, ConstraintSearch& search) {
  PlanRandom random(0);
  std::vector<PartialRow> pinned;
  for (size_t i = 0; i < model.required.size(); ++i) {
    const PartialRow& required = model.required[i];
    if (!search.Complete(required, random)) {
      return Fail(ErrorKind::kInvalid, fmt::format("required row {} is excluded", i));
    }
    const auto joined = [&](PartialRow row) {
      row.insert(row.end(), required.begin(), required.end());
      return row;
    };
    const auto home = std::find_if(pinned.begin(), pinned.end(), [&](const PartialRow& row) {
      return search.Complete(joined(row), random).has_value();
    });
    if (home == pinned.end()) {
      pinned.push_back(required);
    } else {
      *home = joined(*home);
    }
  }
  return pinned;
}

// At least as many rows as there are feasible combinations of the same axes.
size_t LowerBound(const TupleSpace& space, const std::vector<bool>& feasible) {
  size_t bound = 1;
  for (const TupleSet& set : space.sets()) {
    const auto first = feasible.begin() + set.base;
    bound = std::max(bound, static_cast<size_t>(std::count(first, first + set.size, true)));
  }
  return bound;
}

// Rows that cover everything in `coverage`: the pinned ones, then those of `suggested` that are
// allowed and still needed (cells out of range are open), then what is missing.
std::vector<CoverRow> GreedyRows(TupleCoverage coverage, ConstraintSearch& search,
                                 const std::vector<PartialRow>& pinned,
                                 const std::vector<CoverRow>& suggested, PlanRandom& random) {
  RowBuilder builder(coverage, search, random);
  std::vector<CoverRow> rows;
  const auto add = [&](CoverRow row) {
    coverage.Add(row.data());
    rows.push_back(std::move(row));
  };
  for (const PartialRow& pin : pinned) add(builder.Build(pin));
  for (const CoverRow& suggestion : suggested) {
    PartialRow partial;
    for (size_t axis = 0; axis < suggestion.size(); ++axis) {
      const int value = suggestion[axis];
      if (value >= coverage.space().levels()[axis]) continue;
      partial.push_back({static_cast<int>(axis), value});
    }
    if (!search.Complete(partial, random)) continue;
    CoverRow row = builder.Build(partial);
    if (coverage.MissingIn(row.data()) > 0) add(std::move(row));
  }
  while (rows.empty() || !coverage.missing().empty()) {
    const std::vector<uint32_t>& missing = coverage.missing();
    add(builder.Build(missing.empty()
                          ? PartialRow{}
                          : coverage.space().Decode(missing[random.Below(missing.size())])));
  }
  return rows;
}

// The fewest values, at least `levels`, with an orthogonal array of at most `rows` rows; such rows.
std::vector<CoverRow> NearestOrthogonalRows(const CoverModel& model, size_t rows) {
  const size_t axes = model.levels.size();
  if (model.strength < 2 || axes <= static_cast<size_t>(model.strength)) return {};
  for (int levels = *std::max_element(model.levels.begin(), model.levels.end());; ++levels) {
    double product = 1;
    for (int i = 0; i < model.strength; ++i) product *= levels;
    if (product > static_cast<double>(rows)) return {};
    auto found = OrthogonalRows(levels, axes, model.strength);
    if (!found.empty()) return found;
  }
}

// Pairwise rows of which the last `fixed` values have an array of their own; empty if not found.
std::vector<CoverRow> StarterArray(int levels, int fixed, size_t axes, uint64_t iterations,
                                   const CoverOptions& options, PlanRandom& random) {
  const int group = levels - fixed;
  auto rows = StarterRows(group, fixed, axes, iterations, options.stop, random);
  if (rows.empty() || fixed == 0) return rows;
  const auto rest = Cover({.levels = std::vector<int>(axes, fixed)});
  for (CoverRow row : rest->rows) {
    for (int& value : row) value += group;
    rows.push_back(std::move(row));
  }
  return rows;
}

// The smallest such array that is found, if it has fewer than `rows` rows.
std::vector<CoverRow> NearestStarterRows(const CoverModel& model, size_t rows,
                                         const CoverOptions& options, PlanRandom& random) {
  constexpr uint64_t kQuick = 300'000;
  constexpr uint64_t kThorough = 60'000'000;
  if (model.strength != 2) return {};
  const size_t axes = model.levels.size();
  const int levels = *std::max_element(model.levels.begin(), model.levels.end());
  std::vector<CoverRow> best;
  for (int fixed = 0; fixed + 2 <= levels; ++fixed) {
    const int group = levels - fixed;
    const auto least = static_cast<size_t>(group) * axes + static_cast<size_t>(fixed * fixed);
    if (least >= rows || !MayHaveStarter(group, fixed, axes)) continue;
    // Each further fixed value makes the array smaller, and its row harder to find.
    const uint64_t iterations =
        best.empty() ? kQuick : std::clamp(options.iterations / 4, kQuick, kThorough);
    auto found = StarterArray(levels, fixed, axes, iterations, options, random);
    if (found.empty() && !best.empty()) break;
    if (found.empty() || found.size() >= rows) continue;
    rows = found.size();
    best = std::move(found);
  }
  return best;
}

// So many moves that the fast mode stays within some 50 ms.
uint64_t FastIterations(const TupleSpace& space) {
  size_t work = 1;
  for (size_t axis = 0; axis < space.levels().size(); ++axis) {
    work += space.SetsWith(static_cast<int>(axis));
  }
  const size_t change = 20 + work / std::max<size_t>(1, space.levels().size());
  return 10'000'000 / change;
}

}  // namespace

Result<CoveringArray> Cover(const CoverModel& model, const CoverOptions& options) {
  TRY(CoverProblem problem, CoverProblem::Make(model));
  auto& [search, space, feasible] = problem;
  TRY(const std::vector<PartialRow> pinned, Pin(model, search));

  PlanRandom random(options.seed);
  TupleCoverage coverage(space, feasible);
  CoveringArray array;
  array.feasible_tuples = coverage.missing().size();
  array.infeasible_tuples = space.size() - array.feasible_tuples;
  array.lower_bound = LowerBound(space, feasible);
  size_t enough = std::max(array.lower_bound, options.enough);

  std::vector<CoverRow> rows = GreedyRows(coverage, search, pinned, {}, random);
  if (rows.size() > enough) {
    // Values beyond those of an axis stay open, so that more rows than these can do.
    const auto suggested = NearestOrthogonalRows(model, rows.size() + rows.size() / 4);
    if (!suggested.empty()) {
      auto other = GreedyRows(coverage, search, pinned, suggested, random);
      if (other.size() < rows.size()) rows = std::move(other);
    }
  }
  const uint64_t fast = FastIterations(space);
  LocalSearch improve(coverage, search, std::move(rows), pinned, random.Next());
  improve.Run(fast, enough, options.stop);
  if (options.iterations > 0 && improve.best().size() > enough) {
    PlanRandom own(options.seed);
    auto apart = ApartTuples(problem, improve.best(), own);
    if (apart.size() > array.lower_bound) {
      array.lower_bound = apart.size();
      array.apart = std::move(apart);
      enough = std::max(array.lower_bound, options.enough);
    }
  }
  if (options.iterations > 0 && improve.best().size() > enough) {
    const auto suggested = NearestStarterRows(model, improve.best().size(), options, random);
    if (!suggested.empty()) {
      LocalSearch other(coverage, search, GreedyRows(coverage, search, pinned, suggested, random),
                        pinned, random.Next());
      other.Run(fast, enough, options.stop);
      if (other.best().size() < improve.best().size()) improve = std::move(other);
    }
  }
  if (improve.best().size() > enough) {
    array.iterations = improve.Run(options.iterations, enough, options.stop);
  }
  array.rows = improve.best();
  array.optimal = array.rows.size() == array.lower_bound;
  return array;
}

}  // namespace ctestbed

#include "plan/cover/cover.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plan/cover/feasible_tuples.h"
#include "plan/cover/greedy_rows.h"
#include "plan/cover/local_search.h"

namespace ctestbed {
namespace {

Status CheckSatisfiable(const CoverModel& model, ConstraintSearch& search) {
  CoverRandom random(0);
  if (search.Complete({}, random)) return {};
  if (search.exhausted()) {
    return Fail(ErrorKind::kInvalid, "the constraints are too entangled to find any row");
  }
  const std::vector<size_t> culprits = Contradiction(model);
  if (culprits.empty()) return Fail(ErrorKind::kInvalid, "the constraints exclude every row");
  return Fail(ErrorKind::kInvalid,
              culprits.size() == 1 ? fmt::format("constraint {} excludes every row", culprits[0])
                                   : fmt::format("constraints {} together exclude every row",
                                                 fmt::join(culprits, ", ")));
}

// The required partial rows in as few rows as they fit into, first come, first served.
Result<std::vector<PartialRow>> Pin(const CoverModel& model, ConstraintSearch& search) {
  CoverRandom random(0);
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

std::vector<CoverRow> GreedyRows(Coverage coverage, ConstraintSearch& search,
                                 const std::vector<PartialRow>& pinned, CoverRandom& random) {
  RowBuilder builder(coverage, search, random);
  std::vector<CoverRow> rows;
  while (rows.empty() || rows.size() < pinned.size() || !coverage.missing().empty()) {
    PartialRow start;
    if (rows.size() < pinned.size()) {
      start = pinned[rows.size()];
    } else if (!coverage.missing().empty()) {
      start = coverage.space().Decode(coverage.missing()[random.Below(coverage.missing().size())]);
    }
    rows.push_back(builder.Build(start));
    coverage.Add(rows.back().data());
  }
  return rows;
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
  TRY_DO(CheckModel(model));
  ConstraintSearch search(model);
  TRY_DO(CheckSatisfiable(model, search));
  TRY(const TupleSpace space, TupleSpace::Make(model));
  TRY(const std::vector<bool> feasible, FeasibleTuples(model, space, search));
  TRY(const std::vector<PartialRow> pinned, Pin(model, search));

  CoverRandom random(options.seed);
  Coverage coverage(space, feasible);
  CoveringArray array;
  array.feasible_tuples = coverage.missing().size();
  array.infeasible_tuples = space.size() - array.feasible_tuples;
  array.lower_bound = LowerBound(space, feasible);
  std::vector<CoverRow> rows = GreedyRows(coverage, search, pinned, random);
  LocalSearch improve(coverage, search, std::move(rows), pinned, random.Next());
  const size_t enough = std::max(array.lower_bound, options.enough);
  improve.Run(FastIterations(space), enough, options.stop);
  array.iterations = improve.Run(options.iterations, enough, options.stop);
  array.rows = improve.best();
  array.optimal = array.rows.size() == array.lower_bound;
  return array;
}

}  // namespace ctestbed

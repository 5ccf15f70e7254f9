#include "plan/cover/cover_problem.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ctestbed {
namespace {

// Every row that is found shows many tuples to be feasible, so that few searches are needed.
std::vector<bool> Explore(const TupleSpace& space, ConstraintSearch& search) {
  std::vector<bool> feasible(space.size());
  PlanRandom random(1);
  for (const TupleSet& set : space.sets()) {
    const bool constrained = std::any_of(set.axes.begin(), set.axes.end(),
                                         [&](int axis) { return search.IsConstrained(axis); });
    for (uint32_t id = set.base; id < set.base + set.size; ++id) {
      if (feasible[id]) continue;
      const PartialRow tuple = space.Decode(id);
      if (!constrained) {
        feasible[id] = std::all_of(tuple.begin(), tuple.end(), [&](const Setting& setting) {
          return search.MayBe(setting.axis, setting.value);
        });
      } else if (const auto row = search.Complete(tuple, random)) {
        space.ForEachTuple(row->data(), [&](uint32_t found) { feasible[found] = true; });
      } else if (!search.exhausted()) {
        search.Learn(tuple);
      }
    }
  }
  return feasible;
}

// Teaches `search` every infeasible tuple on its way.
Result<std::vector<bool>> FeasibleTuples(const CoverModel& model, const TupleSpace& space,
                                         ConstraintSearch& search) {
  if (model.forbidden.empty()) return std::vector<bool>(space.size(), true);
  // What smaller tuples teach makes the search for larger ones short.
  for (int strength = 1; strength < model.strength; ++strength) {
    TRY(const TupleSpace smaller, TupleSpace::Make({.levels = model.levels, .strength = strength}));
    Explore(smaller, search);
  }
  std::vector<bool> feasible = Explore(space, search);
  if (search.exhausted()) {
    return Fail(ErrorKind::kInvalid,
                "the constraints are too entangled to search all combinations");
  }
  return feasible;
}

Status CheckSatisfiable(const CoverModel& model, ConstraintSearch& search) {
  PlanRandom random(0);
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

}  // namespace

Result<CoverProblem> CoverProblem::Make(const CoverModel& model) {
  TRY_DO(CheckModel(model));
  ConstraintSearch search(model);
  TRY_DO(CheckSatisfiable(model, search));
  TRY(TupleSpace space, TupleSpace::Make(model));
  TRY(std::vector<bool> feasible, FeasibleTuples(model, space, search));
  return CoverProblem{std::move(search), std::move(space), std::move(feasible)};
}

}  // namespace ctestbed

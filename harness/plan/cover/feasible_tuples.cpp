#include "plan/cover/feasible_tuples.h"

#include <algorithm>

namespace ctestbed {
namespace {

// Every row that is found shows many tuples to be feasible, so that few searches are needed.
std::vector<bool> Explore(const TupleSpace& space, ConstraintSearch& search) {
  std::vector<bool> feasible(space.size());
  CoverRandom random(1);
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

}  // namespace

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

}  // namespace ctestbed

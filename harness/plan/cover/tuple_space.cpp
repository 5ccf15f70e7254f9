#include "plan/cover/tuple_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace ctestbed {
namespace {

using AxisSets = std::set<std::vector<int>>;

Status CheckSettings(const CoverModel& model, const std::vector<PartialRow>& partials,
                     const char* what) {
  for (size_t i = 0; i < partials.size(); ++i) {
    for (const auto& [axis, value] : partials[i]) {
      if (axis < 0 || axis >= static_cast<int>(model.levels.size())) {
        return Fail(ErrorKind::kInvalid, fmt::format("{} {}: there is no axis {}", what, i, axis));
      }
      if (value < 0 || value >= model.levels[Index(axis)]) {
        return Fail(ErrorKind::kInvalid,
                    fmt::format("{} {}: axis {} has no value {}", what, i, axis, value));
      }
    }
  }
  return {};
}

Status CheckStrength(int strength) {
  if (strength >= 0 && strength <= kMaxStrength) return {};
  return Fail(ErrorKind::kInvalid,
              fmt::format("strength {}: expected 0 to {}", strength, kMaxStrength));
}

// visit(axes) for each choice of `count` of `axes`, in order; stops when it answers false.
template <typename Visit>
void ForEachChoice(const std::vector<int>& axes, size_t count, Visit visit) {
  std::vector<size_t> picked(count);
  std::iota(picked.begin(), picked.end(), size_t{0});
  std::vector<int> choice(count);
  while (true) {
    for (size_t i = 0; i < count; ++i) choice[i] = axes[picked[i]];
    if (!visit(choice)) return;
    size_t last = count;
    while (last > 0 && picked[last - 1] == axes.size() - count + last - 1) --last;
    if (last == 0) return;
    ++picked[last - 1];
    for (size_t i = last; i < count; ++i) picked[i] = picked[i - 1] + 1;
  }
}

uint64_t Product(const CoverModel& model, const std::vector<int>& axes) {
  uint64_t product = 1;
  for (const int axis : axes) {
    product = std::min(kMaxTuples + 1, product * static_cast<uint64_t>(model.levels[Index(axis)]));
  }
  return product;
}

// Adds the choices of a demand until there are too many tuples, counted in `tuples`.
void AddDemand(const CoverModel& model, const StrengthDemand& demand, AxisSets& sets,
               uint64_t& tuples) {
  std::vector<int> axes = demand.axes;
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  const size_t strength = std::min(axes.size(), static_cast<size_t>(std::max(1, demand.strength)));
  if (strength == 0) return;
  ForEachChoice(axes, strength, [&](const std::vector<int>& choice) {
    if (sets.insert(choice).second) tuples += Product(model, choice);
    return tuples <= kMaxTuples;
  });
}

// Leaves out sets within larger ones.
void DropContained(AxisSets& sets) {
  AxisSets contained;
  for (const std::vector<int>& set : sets) {
    for (size_t count = 1; count < set.size(); ++count) {
      ForEachChoice(set, count, [&](const std::vector<int>& choice) {
        contained.insert(choice);
        return true;
      });
    }
  }
  std::erase_if(sets, [&](const std::vector<int>& set) { return contained.contains(set); });
}

}  // namespace

Status CheckModel(const CoverModel& model) {
  for (size_t axis = 0; axis < model.levels.size(); ++axis) {
    if (model.levels[axis] < 1) {
      return Fail(ErrorKind::kInvalid, fmt::format("axis {} has no values", axis));
    }
  }
  TRY_DO(CheckSettings(model, model.forbidden, "constraint"));
  TRY_DO(CheckSettings(model, model.required, "required row"));
  TRY_DO(CheckStrength(model.strength));
  for (const StrengthDemand& demand : model.demands) {
    TRY_DO(CheckStrength(demand.strength));
    for (const int axis : demand.axes) {
      if (axis >= 0 && axis < static_cast<int>(model.levels.size())) continue;
      return Fail(ErrorKind::kInvalid, fmt::format("demand: there is no axis {}", axis));
    }
  }
  return {};
}

Result<TupleSpace> TupleSpace::Make(const CoverModel& model) {
  std::vector<int> all(model.levels.size());
  std::iota(all.begin(), all.end(), 0);
  AxisSets sets;
  uint64_t tuples = 0;
  AddDemand(model, {all, model.strength}, sets, tuples);
  for (const StrengthDemand& demand : model.demands) AddDemand(model, demand, sets, tuples);
  if (tuples > kMaxTuples) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("more than {} combinations to cover: lower the strength, or leave out "
                            "axes or values",
                            kMaxTuples));
  }
  if (!model.demands.empty()) DropContained(sets);

  TupleSpace space;
  space.levels_ = model.levels;
  space.pairs_.resize(all.size());
  space.wides_.resize(all.size());
  for (const std::vector<int>& axes : sets) {
    TupleSet set{.axes = axes, .strides = {}, .base = space.size_, .size = 1};
    for (const int axis : axes) {
      set.strides.push_back(set.size);
      set.size *= static_cast<uint32_t>(model.levels[Index(axis)]);
    }
    space.size_ += set.size;
    space.Enter(set);
    space.sets_.push_back(std::move(set));
  }
  return space;
}

void TupleSpace::Enter(const TupleSet& set) {
  for (size_t i = 0; i < set.axes.size(); ++i) {
    if (set.axes.size() == 2) {
      pairs_[Index(set.axes[i])].push_back(
          {set.base, set.strides[i], set.strides[1 - i], set.axes[1 - i]});
      continue;
    }
    Wide wide{set.base, set.strides[i], 0, {}, {}};
    for (size_t j = 0; j < set.axes.size(); ++j) {
      if (j == i) continue;
      wide.axes[Index(wide.others)] = set.axes[j];
      wide.factors[Index(wide.others++)] = set.strides[j];
    }
    wides_[Index(set.axes[i])].push_back(wide);
  }
}

const TupleSet& TupleSpace::SetOf(uint32_t id) const {
  const auto after =
      std::upper_bound(sets_.begin(), sets_.end(), id,
                       [](uint32_t at, const TupleSet& set) { return at < set.base; });
  return *(after - 1);
}

PartialRow TupleSpace::Decode(uint32_t id) const {
  const TupleSet& set = SetOf(id);
  PartialRow partial;
  uint32_t rest = id - set.base;
  for (const int axis : set.axes) {
    const auto levels = static_cast<uint32_t>(levels_[Index(axis)]);
    partial.push_back({axis, static_cast<int>(rest % levels)});
    rest /= levels;
  }
  return partial;
}

}  // namespace ctestbed

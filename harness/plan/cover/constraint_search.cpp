#include "plan/cover/constraint_search.h"

#include <algorithm>
#include <numeric>

namespace ctestbed {
namespace {

// Without repetitions; nothing if it asks an axis for two values, which no row has.
std::optional<PartialRow> Normal(PartialRow partial) {
  std::sort(partial.begin(), partial.end());
  partial.erase(std::unique(partial.begin(), partial.end()), partial.end());
  const auto same_axis = [](const Setting& a, const Setting& b) { return a.axis == b.axis; };
  if (std::adjacent_find(partial.begin(), partial.end(), same_axis) != partial.end()) return {};
  return partial;
}

}  // namespace

ConstraintSearch::ConstraintSearch(const CoverModel& model) : levels_(model.levels) {
  size_t slots = 0;
  for (const int levels : levels_) {
    first_slot_.push_back(slots);
    slots += static_cast<size_t>(levels);
  }
  occurrences_.resize(slots);
  banned_.resize(slots);
  values_.assign(levels_.size(), -1);
  open_values_ = levels_;
  for (const PartialRow& forbidden : model.forbidden) {
    if (auto nogood = Normal(forbidden)) Add(std::move(*nogood));
  }
  given_ = nogoods_.size();
  Connect();
  for (uint32_t i = 0; i < given_; ++i) {
    if (nogoods_[i].size() <= 1) consistent_ = consistent_ && Wake(i) && Propagate();
  }
}

void ConstraintSearch::Add(PartialRow nogood) {
  for (const Setting& setting : nogood) {
    occurrences_[Slot(setting.axis, setting.value)].push_back(
        static_cast<uint32_t>(nogoods_.size()));
  }
  size_t matched = 0;
  for (const Setting& setting : nogood) matched += values_[Index(setting.axis)] == setting.value;
  matched_.push_back(matched);
  nogoods_.push_back(std::move(nogood));
}

void ConstraintSearch::Connect() {
  group_of_.resize(levels_.size());
  std::iota(group_of_.begin(), group_of_.end(), size_t{0});
  groups_.resize(levels_.size());
  for (size_t axis = 0; axis < levels_.size(); ++axis) groups_[axis] = {static_cast<int>(axis)};
  for (const PartialRow& nogood : nogoods_) {
    for (const Setting& setting : nogood) {
      const size_t into = group_of_[Index(nogood[0].axis)];
      const size_t from = group_of_[Index(setting.axis)];
      if (into == from) continue;
      for (const int axis : groups_[from]) group_of_[Index(axis)] = into;
      groups_[into].insert(groups_[into].end(), groups_[from].begin(), groups_[from].end());
      groups_[from].clear();
    }
  }
}

void ConstraintSearch::Learn(PartialRow partial) {
  auto nogood = Normal(std::move(partial));
  if (!nogood) return;
  Add(std::move(*nogood));
  consistent_ = Wake(static_cast<uint32_t>(nogoods_.size() - 1)) && Propagate();
}

bool ConstraintSearch::Wake(uint32_t index) {
  const PartialRow& nogood = nogoods_[index];
  if (matched_[index] == nogood.size()) return false;
  if (matched_[index] + 1 < nogood.size()) return true;
  bool consistent = true;
  for (const Setting& last : nogood) {
    if (values_[Index(last.axis)] < 0) consistent = Ban(last) && consistent;
  }
  return consistent;
}

bool ConstraintSearch::Set(Setting setting) {
  int& value = values_[Index(setting.axis)];
  if (value == setting.value) return true;
  if (value >= 0 || banned_[Slot(setting.axis, setting.value)]) return false;
  value = setting.value;
  trail_.push_back({setting, true});
  bool consistent = true;
  for (const uint32_t index : occurrences_[Slot(setting.axis, setting.value)]) {
    ++matched_[index];
    consistent = Wake(index) && consistent;
  }
  return consistent;
}

bool ConstraintSearch::Ban(Setting setting) {
  char& banned = banned_[Slot(setting.axis, setting.value)];
  if (banned) return true;
  banned = 1;
  trail_.push_back({setting, false});
  const int open = --open_values_[Index(setting.axis)];
  if (open == 1 && values_[Index(setting.axis)] < 0) {
    int value = 0;
    while (banned_[Slot(setting.axis, value)]) ++value;
    forced_.push_back({setting.axis, value});
  }
  return open > 0;
}

bool ConstraintSearch::Propagate() {
  bool consistent = true;
  while (consistent && !forced_.empty()) {
    const Setting setting = forced_.back();
    forced_.pop_back();
    consistent = Set(setting);
  }
  return consistent;
}

bool ConstraintSearch::Assign(int axis, int value) {
  const bool consistent = Set({axis, value}) && Propagate();
  forced_.clear();  // of a failed Set
  return consistent;
}

void ConstraintSearch::Undo(size_t mark) {
  while (trail_.size() > mark) {
    const auto& [setting, assigned] = trail_.back();
    const size_t slot = Slot(setting.axis, setting.value);
    if (assigned) {
      values_[Index(setting.axis)] = -1;
      for (const uint32_t index : occurrences_[slot]) --matched_[index];
    } else {
      banned_[slot] = 0;
      ++open_values_[Index(setting.axis)];
    }
    trail_.pop_back();
  }
}

std::vector<int> ConstraintSearch::ValuesToTry(int axis, PlanRandom& random,
                                               const CoverRow* preferred) const {
  std::vector<int> values;
  for (int value = 0; value < levels_[Index(axis)]; ++value) {
    if (MayBe(axis, value)) values.push_back(value);
  }
  random.Shuffle(values);
  if (preferred != nullptr) {
    const auto found = std::find(values.begin(), values.end(), (*preferred)[Index(axis)]);
    if (found != values.end()) std::swap(values.front(), *found);
  }
  return values;
}

bool ConstraintSearch::Fill(const std::vector<int>& group, PlanRandom& random,
                            const CoverRow* preferred) {
  int next = -1;
  for (const int axis : group) {
    if (values_[Index(axis)] >= 0) continue;
    if (next < 0 || open_values_[Index(axis)] < open_values_[Index(next)]) next = axis;
  }
  if (next < 0) return true;
  for (const int value : ValuesToTry(next, random, preferred)) {
    if (nodes_left_ == 0) return false;
    --nodes_left_;
    const size_t mark = Mark();
    if (Assign(next, value) && Fill(group, random, preferred)) return true;
    Undo(mark);
  }
  return false;
}

bool ConstraintSearch::FillAll(const PartialRow& partial, PlanRandom& random,
                               const CoverRow* preferred) {
  for (const Setting& setting : partial) {
    if (!Assign(setting.axis, setting.value)) return false;
  }
  // The groups of `partial` come first: only they can make it fail.
  for (const Setting& setting : partial) {
    if (!Fill(groups_[group_of_[Index(setting.axis)]], random, preferred)) return false;
  }
  return std::all_of(groups_.begin(), groups_.end(),
                     [&](const std::vector<int>& group) { return Fill(group, random, preferred); });
}

std::optional<CoverRow> ConstraintSearch::Complete(const PartialRow& partial, PlanRandom& random,
                                                   const CoverRow* preferred) {
  if (!consistent_) return {};
  const size_t mark = Mark();
  std::optional<CoverRow> row;
  if (FillAll(partial, random, preferred)) row = values_;
  Undo(mark);
  return row;
}

std::vector<size_t> Contradiction(const CoverModel& model) {
  constexpr size_t kMost = 300;
  if (model.forbidden.size() > kMost) return {};
  PlanRandom random(0);
  const auto excludes = [&](const std::vector<size_t>& indices) {
    CoverModel part{.levels = model.levels};
    for (const size_t index : indices) part.forbidden.push_back(model.forbidden[index]);
    return !ConstraintSearch(part).Complete({}, random);
  };
  std::vector<size_t> kept(model.forbidden.size());
  std::iota(kept.begin(), kept.end(), size_t{0});
  if (!excludes(kept)) return {};
  for (size_t i = kept.size(); i-- > 0;) {
    std::vector<size_t> fewer = kept;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (excludes(fewer)) kept = std::move(fewer);
  }
  return kept;
}

}  // namespace ctestbed

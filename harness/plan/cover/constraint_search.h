// Which partial rows can be completed without anything forbidden: backtracking with unit
// propagation, within the groups of axes that forbidden combinations connect.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plan/cover/cover_model.h"
#include "plan/plan_random.h"

namespace ctestbed {

class ConstraintSearch {
 public:
  // `model` is in range, see CheckModel.
  explicit ConstraintSearch(const CoverModel& model);

  // Whether `axis` of the complete row can become `value`; the other cells stay.
  bool Permits(const int* row, int axis, int value) const {
    const std::vector<uint32_t>& nogoods = occurrences_[Slot(axis, value)];
    for (const uint32_t nogood : nogoods) {
      if (nogood >= given_) break;
      if (MatchesElsewhere(nogood, row, axis)) return false;
    }
    return true;
  }

  // A row that contains `partial`, random but for `preferred`, whose values are tried first;
  // nothing if there is none. Leaves the assignments as they are.
  std::optional<CoverRow> Complete(const PartialRow& partial, PlanRandom& random,
                                   const CoverRow* preferred = nullptr);

  // Remembers that `partial`, which Complete refused, cannot be completed. Only while nothing is
  // assigned.
  void Learn(PartialRow partial);

  // Searching was given up, so an answer "nothing" may be wrong.
  bool exhausted() const { return nodes_left_ == 0; }

  // Whether anything but single values is forbidden with `axis`.
  bool IsConstrained(int axis) const { return groups_[group_of_[Index(axis)]].size() > 1; }

  // Assignments, for those who build rows cell by cell. Assign returns false when this together
  // with what was assigned leads to a contradiction; Undo(mark) must follow then.
  size_t Mark() const { return trail_.size(); }
  bool Assign(int axis, int value);
  void Undo(size_t mark);
  int ValueOf(int axis) const { return values_[Index(axis)]; }  // -1: open
  bool MayBe(int axis, int value) const { return !banned_[Slot(axis, value)]; }

 private:
  struct Event {
    Setting setting;
    bool assigned;  // else banned
  };

  size_t Slot(int axis, int value) const {
    return first_slot_[Index(axis)] + static_cast<size_t>(value);
  }
  bool MatchesElsewhere(uint32_t nogood, const int* row, int axis) const {
    for (const Setting& setting : nogoods_[nogood]) {
      if (setting.axis != axis && row[setting.axis] != setting.value) return false;
    }
    return true;
  }
  void Add(PartialRow nogood);
  void Connect();
  // Bans what is left of a combination that lacks one setting; false if it lacks none.
  bool Wake(uint32_t nogood);
  bool Set(Setting setting);
  bool Ban(Setting setting);
  bool Propagate();
  bool Fill(const std::vector<int>& group, PlanRandom& random, const CoverRow* preferred);
  bool FillAll(const PartialRow& partial, PlanRandom& random, const CoverRow* preferred);
  std::vector<int> ValuesToTry(int axis, PlanRandom& random, const CoverRow* preferred) const;

  std::vector<int> levels_;
  std::vector<size_t> first_slot_;  // of each axis, in vectors over all settings
  std::vector<PartialRow> nogoods_;
  size_t given_ = 0;  // the first nogoods are the model's, the others were learned
  std::vector<std::vector<uint32_t>> occurrences_;
  std::vector<std::vector<int>> groups_;
  std::vector<size_t> group_of_;

  std::vector<int> values_;
  std::vector<char> banned_;
  std::vector<int> open_values_;
  std::vector<size_t> matched_;  // settings of each nogood that are assigned
  std::vector<Event> trail_;
  std::vector<Setting> forced_;
  bool consistent_ = true;  // as far as propagation without assignments tells
  uint64_t nodes_left_ = 20'000'000;
};

// Indices of forbidden combinations that together exclude every row, none of which can be left
// out; empty if there is a row, or if there are too many to find out.
std::vector<size_t> Contradiction(const CoverModel& model);

}  // namespace ctestbed

#include "plan/cover/local_search.h"

#include <algorithm>

namespace ctestbed {
namespace {

constexpr int64_t kTuple = 4096;  // what one missing tuple costs, in units of heat
constexpr int64_t kHot = 1400;
constexpr int64_t kCold = 400;
constexpr uint64_t kFirstCycle = 100'000;

}  // namespace

LocalSearch::LocalSearch(TupleCoverage coverage, ConstraintSearch& search,
                         std::vector<CoverRow> rows, std::vector<PartialRow> pinned, uint64_t seed)
    : coverage_(std::move(coverage)),
      search_(&search),
      rows_(std::move(rows)),
      best_(rows_),
      pinned_(std::move(pinned)),
      random_(seed),
      heat_(kHot),
      cycle_(kFirstCycle) {
  for (const CoverRow& row : rows_) coverage_.Add(row.data());
}

uint64_t LocalSearch::Run(uint64_t iterations, size_t enough, const std::function<bool()>& stop) {
  uint64_t done = 0;
  while (done < iterations) {
    if (coverage_.missing().empty()) {
      best_ = rows_;
      if (rows_.size() <= std::max(enough, pinned_.size())) break;
      RemoveRow();
      continue;
    }
    Step();
    Cool();
    if (++done % 1024 == 0 && stop && stop()) break;
  }
  return done;
}

void LocalSearch::RemoveRow() {
  size_t least = pinned_.size();
  uint32_t fewest = 0xffffffff;
  for (size_t i = pinned_.size(); i < rows_.size(); ++i) {
    const uint32_t only = coverage_.OnlyIn(rows_[i].data());
    if (only < fewest) {
      fewest = only;
      least = i;
    }
  }
  coverage_.Remove(rows_[least].data());
  rows_[least] = rows_.back();
  rows_.pop_back();
}

// From hot to cold in ever longer cycles: how long a search the rows need is not known.
void LocalSearch::Cool() {
  if (++in_cycle_ > cycle_) {
    in_cycle_ = 0;
    cycle_ += cycle_ / 2;
  }
  heat_ = kHot - (kHot - kCold) * static_cast<int64_t>(in_cycle_) / static_cast<int64_t>(cycle_);
}

// Covers a missing tuple by one cell of a row that contains the rest of it.
void LocalSearch::Step() {
  const auto& missing = coverage_.missing();
  const PartialRow tuple = coverage_.space().Decode(missing[random_.Below(missing.size())]);
  const size_t change = random_.Below(tuple.size());
  size_t row = random_.Below(rows_.size());
  for (size_t tried = 0; tried < rows_.size(); ++tried) {
    if (Matches(row, tuple, change)) {
      if (!MoveCell(row, tuple[change]) && random_.Below(16) == 0) MoveRow(row, tuple);
      return;
    }
    if (++row == rows_.size()) row = 0;
  }
  MoveRow(row, tuple);
}

bool LocalSearch::Matches(size_t row, const PartialRow& tuple, size_t but) const {
  for (size_t i = 0; i < tuple.size(); ++i) {
    if (i != but && rows_[row][Index(tuple[i].axis)] != tuple[i].value) return false;
  }
  return true;
}

bool LocalSearch::IsPinned(size_t row, int axis) const {
  return row < pinned_.size() &&
         std::any_of(pinned_[row].begin(), pinned_[row].end(),
                     [&](const Setting& setting) { return setting.axis == axis; });
}

// False if the change is not allowed; a worse row may be refused all the same.
bool LocalSearch::MoveCell(size_t row, Setting to) {
  int* cells = rows_[row].data();
  if (IsPinned(row, to.axis) || !search_->Permits(cells, to.axis, to.value)) return false;
  const int delta = coverage_.DeltaOf(cells, to.axis, to.value);
  if (delta <= 0 || delta * kTuple <= random_.Tolerance(heat_)) {
    coverage_.Change(cells, to.axis, to.value);
  }
  return true;
}

// Puts the whole tuple into the row, and changes what the constraints demand then.
void LocalSearch::MoveRow(size_t row, const PartialRow& tuple) {
  PartialRow wanted = tuple;
  if (row < pinned_.size()) wanted.insert(wanted.end(), pinned_[row].begin(), pinned_[row].end());
  const auto to = search_->Complete(wanted, random_, &rows_[row]);
  if (!to) return;
  const CoverRow from = rows_[row];
  const auto before = static_cast<int64_t>(coverage_.missing().size());
  for (size_t axis = 0; axis < from.size(); ++axis) {
    coverage_.Change(rows_[row].data(), static_cast<int>(axis), (*to)[axis]);
  }
  const int64_t delta = static_cast<int64_t>(coverage_.missing().size()) - before;
  if (delta <= 0 || delta * kTuple <= random_.Tolerance(heat_)) return;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    coverage_.Change(rows_[row].data(), static_cast<int>(axis), from[axis]);
  }
}

}  // namespace ctestbed

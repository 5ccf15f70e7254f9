#include "plan/cover/row_sequence.h"

#include <algorithm>
#include <numeric>

#include "plan/cover/cover_in_order.h"

namespace ctestbed {

RowSequence::RowSequence(const CoverModel& model, const CoverProblem& problem,
                         const std::vector<int64_t>& weights, std::vector<CoverRow> rows,
                         uint64_t seed)
    : model_(model),
      problem_(problem),
      weights_(weights),
      random_(seed),
      coverage_(problem.space, problem.feasible),
      best_(rows),
      best_cost_(ChangeCost(rows, weights)) {
  Start(std::move(rows));
}

void RowSequence::Start(std::vector<CoverRow> rows) {
  coverage_ = TupleCoverage(problem_.space, problem_.feasible);
  rows_.clear();
  for (CoverRow& row : rows) {
    coverage_.Add(row.data());
    std::vector<char> pinned(row.size());
    rows_.push_back({std::move(row), std::move(pinned)});
  }
  for (const PartialRow& required : model_.required) {
    const auto home = std::find_if(rows_.begin(), rows_.end(), [&](const PinnedRow& row) {
      return std::all_of(required.begin(), required.end(), [&](const Setting& setting) {
        return row.cells[Index(setting.axis)] == setting.value;
      });
    });
    for (const Setting& setting : required) home->pinned[Index(setting.axis)] = 1;
  }
  cost_ = 0;
  for (size_t i = 1; i < rows_.size(); ++i) cost_ += Distance(i - 1, i);
}

void RowSequence::Lengthen(size_t rows) {
  std::vector<CoverRow> longer = best_;
  while (longer.size() < rows) {
    const auto at = longer.begin() + static_cast<std::ptrdiff_t>(random_.Below(longer.size()));
    const CoverRow twin = *at;
    longer.insert(at, twin);
  }
  Start(std::move(longer));
}

int64_t RowSequence::Distance(size_t a, size_t b) const {
  int64_t distance = 0;
  for (size_t axis = 0; axis < weights_.size(); ++axis) {
    if (rows_[a].cells[axis] != rows_[b].cells[axis]) distance += weights_[axis];
  }
  return distance;
}

// Either may be beyond an end (size_t{0} - 1 is, too).
int64_t RowSequence::DistanceOrNone(size_t a, size_t b) const {
  return a < rows_.size() && b < rows_.size() ? Distance(a, b) : 0;
}

int64_t RowSequence::CostOfCell(size_t row, int axis, int value) const {
  int64_t cost = 0;
  if (row > 0 && rows_[row - 1].cells[Index(axis)] != value) cost += weights_[Index(axis)];
  if (row + 1 < rows_.size() && rows_[row + 1].cells[Index(axis)] != value)
    cost += weights_[Index(axis)];
  return cost;
}

bool RowSequence::MayBecome(size_t row, int axis, int value) const {
  return !rows_[row].pinned[Index(axis)] &&
         problem_.search.Permits(rows_[row].cells.data(), axis, value);
}

void RowSequence::ChangeOneCell(size_t row, int axis, int value) {
  int* cells = rows_[row].cells.data();
  if (cells[axis] == value || !MayBecome(row, axis, value)) return;
  const int64_t delta = CostOfCell(row, axis, value) - CostOfCell(row, axis, cells[axis]);
  if (!Accepts(delta + penalty_ * coverage_.DeltaOf(cells, axis, value))) return;
  coverage_.Change(cells, axis, value);
  cost_ += delta;
}

// Moves the border between two values of an axis by some rows, or all the way.
void RowSequence::CopyFromNeighbour() {
  const auto axis = static_cast<int>(random_.Below(weights_.size()));
  const bool down = random_.Below(2) == 0;
  const size_t first = random_.Below(rows_.size());
  const auto next = [&](size_t row) { return down ? row + 1 : row - 1; };
  size_t at = next(first);
  if (at >= rows_.size()) return;
  const int value = rows_[first].cells[Index(axis)];
  const int before = rows_[at].cells[Index(axis)];
  if (value == before) return;
  if (random_.Below(2) == 0) return ChangeOneCell(at, axis, value);
  const int64_t missing = static_cast<int64_t>(coverage_.missing().size());
  int64_t delta = 0;
  size_t changed = 0;
  const size_t most = random_.Below(4) == 0 ? rows_.size() : 2 + random_.Below(size_t{3});
  for (; at < rows_.size() && changed < most && rows_[at].cells[Index(axis)] == before;
       at = next(at)) {
    if (!MayBecome(at, axis, value)) break;
    delta += CostOfCell(at, axis, value) - CostOfCell(at, axis, before);
    coverage_.Change(rows_[at].cells.data(), axis, value);
    ++changed;
  }
  const int64_t more = static_cast<int64_t>(coverage_.missing().size()) - missing;
  if (Accepts(delta + penalty_ * more)) {
    cost_ += delta;
    return;
  }
  for (at = next(first); changed > 0; at = next(at), --changed) {
    coverage_.Change(rows_[at].cells.data(), axis, before);
  }
}

// Makes a cell equal to its neighbour's and puts the old value where that one stood elsewhere, so
// that each value stays as frequent as it is.
void RowSequence::Exchange() {
  const auto axis = static_cast<int>(random_.Below(weights_.size()));
  const size_t row = random_.Below(rows_.size());
  const size_t neighbour = random_.Below(2) == 0 ? row + 1 : row - 1;
  if (neighbour >= rows_.size()) return;
  const int value = rows_[neighbour].cells[Index(axis)];
  const int before = rows_[row].cells[Index(axis)];
  if (value == before) return;
  size_t other = random_.Below(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[other].cells[Index(axis)] == value && other != neighbour) break;
    other = other + 1 == rows_.size() ? 0 : other + 1;
  }
  if (rows_[other].cells[Index(axis)] != value || other == neighbour) return;
  if (!MayBecome(row, axis, value) || !MayBecome(other, axis, before)) return;
  const int64_t missing = static_cast<int64_t>(coverage_.missing().size());
  int64_t delta = 0;
  const auto put = [&](size_t at, int to) {
    int* cells = rows_[at].cells.data();
    delta += CostOfCell(at, axis, to) - CostOfCell(at, axis, cells[axis]);
    coverage_.Change(cells, axis, to);
  };
  put(row, value);
  put(other, before);
  const int64_t more = static_cast<int64_t>(coverage_.missing().size()) - missing;
  if (!Accepts(delta + penalty_ * more)) {
    put(row, before);
    put(other, value);
  }
  cost_ += delta;
}

void RowSequence::CoverMissing() {
  const auto& missing = coverage_.missing();
  const PartialRow tuple = problem_.space.Decode(missing[random_.Below(missing.size())]);
  const size_t change = random_.Below(tuple.size());
  const size_t start = random_.Below(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    const size_t row = (start + i) % rows_.size();
    bool matches = true;
    for (size_t j = 0; j < tuple.size(); ++j) {
      matches =
          matches && (j == change || rows_[row].cells[Index(tuple[j].axis)] == tuple[j].value);
    }
    if (matches) return ChangeOneCell(row, tuple[change].axis, tuple[change].value);
  }
}

void RowSequence::Reverse() {
  size_t first = random_.Below(rows_.size());
  size_t last = random_.Below(rows_.size());
  if (first > last) std::swap(first, last);
  const int64_t delta = DistanceOrNone(first - 1, last) + DistanceOrNone(first, last + 1) -
                        DistanceOrNone(first - 1, first) - DistanceOrNone(last, last + 1);
  if (!Accepts(delta)) return;
  std::reverse(rows_.begin() + static_cast<std::ptrdiff_t>(first),
               rows_.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  cost_ += delta;
}

// Puts up to three neighbouring rows elsewhere.
void RowSequence::MoveRows() {
  const size_t size = rows_.size();
  const size_t count = Index(1 + random_.Below(3));
  if (count >= size) return;
  const size_t first = random_.Below(size - count + 1);
  const size_t last = first + count - 1;
  const size_t to = random_.Below(size + 1);  // before this row
  if (to >= first && to <= last + 1) return;
  const int64_t delta = DistanceOrNone(first - 1, last + 1) - DistanceOrNone(first - 1, first) -
                        DistanceOrNone(last, last + 1) + DistanceOrNone(to - 1, first) +
                        DistanceOrNone(last, to) - DistanceOrNone(to - 1, to);
  if (!Accepts(delta)) return;
  const auto at = [&](size_t row) { return rows_.begin() + static_cast<std::ptrdiff_t>(row); };
  if (to < first) {
    std::rotate(at(to), at(first), at(last + 1));
  } else {
    std::rotate(at(first), at(last + 1), at(to));
  }
  cost_ += delta;
}

void RowSequence::Keep() {
  if (!coverage_.missing().empty() || cost_ >= best_cost_) return;
  best_cost_ = cost_;
  best_.clear();
  for (const PinnedRow& row : rows_) best_.push_back(row.cells);
}

void RowSequence::Anneal(uint64_t iterations, bool change, const std::function<bool()>& stop) {
  if (rows_.size() < 2 || weights_.empty()) return;
  constexpr uint64_t kHalvings = 5;
  const int64_t sum = std::accumulate(weights_.begin(), weights_.end(), int64_t{0});
  const int64_t hottest = std::max<int64_t>(1, sum / static_cast<int64_t>(weights_.size()) * 2);
  penalty_ = std::max<int64_t>(1, hottest);
  bool complete = false;  // nothing was missing at some time since the penalty changed
  for (uint64_t i = 0; i < iterations; ++i) {
    // 2^-x, linear between the halvings.
    const uint64_t at = i * kHalvings * 1024 / iterations;
    heat_ = ((hottest >> (at / 1024)) * static_cast<int64_t>(2048 - at % 1024)) >> 11;
    change ? Change() : Reorder();
    Keep();
    complete = complete || coverage_.missing().empty();
    if (i % 1024 != 1023) continue;
    penalty_ += complete ? -penalty_ / 64 : penalty_ / 16 + 1;
    penalty_ = std::max<int64_t>(penalty_, 1);
    complete = false;
    if (stop && stop()) return;
  }
}

void RowSequence::Reorder() {
  random_.Below(2) == 0 ? Reverse() : MoveRows();
}

// The shares of the moves were found by trial.
void RowSequence::Change() {
  const int kind = random_.Below(12);
  if (kind < 4) {
    Exchange();
  } else if (kind < 6) {
    Reorder();
  } else if (kind < 9 && !coverage_.missing().empty()) {
    CoverMissing();
  } else if (kind == 9) {
    const auto axis = static_cast<int>(random_.Below(weights_.size()));
    const auto levels = static_cast<size_t>(model_.levels[Index(axis)]);
    ChangeOneCell(random_.Below(rows_.size()), axis, static_cast<int>(random_.Below(levels)));
  } else {
    CopyFromNeighbour();
  }
}

void RowSequence::Order(uint64_t iterations, const std::function<bool()>& stop) {
  Anneal(iterations, false, stop);
  Start(best_);
}

void RowSequence::Search(uint64_t iterations, const std::function<bool()>& stop) {
  Anneal(iterations, true, stop);
  Start(best_);
}

}  // namespace ctestbed

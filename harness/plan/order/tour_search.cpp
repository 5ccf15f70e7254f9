#include "plan/order/tour_search.h"

#include <algorithm>
#include <array>

namespace ctestbed {
namespace {

constexpr std::array<size_t, 3> kBreadth{3, 2, 1};  // of the chain, by depth
constexpr int kLongestSegment = 3;                  // that is moved as it is
constexpr int kLongestFlip = 30'000;                // in instances of any size
constexpr int kLocal = 50;                          // length of what a disturbance swaps

struct Candidate {
  int64_t open;  // gained before the tour is closed again
  int t3;
  int t4;
};

}  // namespace

TourSearch::TourSearch(const Distances& distances, const Neighbours& neighbours,
                       std::vector<int> tour)
    : distances_(distances),
      neighbours_(neighbours),
      size_(static_cast<int>(tour.size())),
      longest_flip_(std::min(size_, kLongestFlip)),
      tour_(std::move(tour)),
      places_(tour_.size()),
      queued_(tour_.size()) {
  for (int place = 0; place < size_; ++place) places_[static_cast<size_t>(At(place))] = place;
}

std::vector<int> TourSearch::Tour() const {
  std::vector<int> tour = tour_;
  std::rotate(tour.begin(), tour.begin() + Place(0), tour.end());
  return tour;
}

int TourSearch::FlipLength(int from, int to) const {
  const int inside = Place(to) - Place(from) + 1;
  const int length = inside > 0 ? inside : inside + size_;
  return std::min(length, size_ - length);
}

// Reverses the path that leads forward `from` one vertex `to` another, or else the rest of the
// tour, whichever is shorter: the edges are the same.
void TourSearch::Flip(int from, int to) {
  int begin = Place(from);
  int end = Place(to);
  int length = end - begin + 1;
  if (length <= 0) length += size_;
  if (2 * length > size_) {
    std::swap(begin, end);
    begin = begin + 1 == size_ ? 0 : begin + 1;
    end = end == 0 ? size_ - 1 : end - 1;
    length = size_ - length;
  }
  flips_.emplace_back(begin, end);
  for (int swaps = length / 2; swaps > 0; --swaps) {
    const int a = At(begin);
    const int b = At(end);
    tour_[static_cast<size_t>(begin)] = b;
    tour_[static_cast<size_t>(end)] = a;
    places_[static_cast<size_t>(b)] = begin;
    places_[static_cast<size_t>(a)] = end;
    if (++begin == size_) begin = 0;
    if (--end < 0) end = size_ - 1;
  }
}

// Reverses the path between two vertices of which the first is next to `outside`.
void TourSearch::FlipPath(int outside, int first, int last) {
  if (Next(outside) == first) {
    Flip(first, last);
  } else {
    Flip(last, first);
  }
}

void TourSearch::UndoTo(size_t mark) {
  while (flips_.size() > mark) {
    const auto [begin, end] = flips_.back();
    Flip(At(begin), At(end));
    flips_.resize(flips_.size() - 2);
  }
}

void TourSearch::Touch(int vertex) {
  if (queued_[static_cast<size_t>(vertex)] != 0) return;
  queued_[static_cast<size_t>(vertex)] = 1;
  queue_.push_back(vertex);
}

bool TourSearch::IsAdded(int a, int b) const {
  return std::any_of(added_.begin(), added_.end(), [a, b](const std::pair<int, int>& edge) {
    return edge == std::pair(a, b) || edge == std::pair(b, a);
  });
}

// Replaces the edge from t1 onwards by one to a neighbour, cuts the tour there, and closes it; goes
// on from there as long as something would be gained if it need not be closed.
bool TourSearch::Chain(int t1, bool forward, int64_t gained, size_t depth) {
  const int t2 = Step(t1, forward);
  const int64_t open = gained + distances_(t1, t2);
  std::array<Candidate, kBreadth[0]> best{};
  size_t count = 0;
  for (const int t3 : neighbours_.Of(t2)) {
    const int64_t rest = open - distances_(t2, t3);
    if (rest <= 0) break;
    const int t4 = Step(t3, !forward);
    if (t3 == t1 || t4 == t2) continue;
    if (IsAdded(t3, t4)) continue;
    if ((forward ? FlipLength(t2, t4) : FlipLength(t4, t2)) > longest_flip_) continue;
    const Candidate candidate{rest + distances_(t4, t3), t3, t4};
    size_t at = std::min(count, kBreadth[depth] - 1);
    if (count < kBreadth[depth]) {
      ++count;
    } else if (best[at].open >= candidate.open) {
      continue;
    }
    for (; at > 0 && best[at - 1].open < candidate.open; --at) best[at] = best[at - 1];
    best[at] = candidate;
  }
  for (size_t i = 0; i < count; ++i) {
    const Candidate& next = best[i];
    const int64_t closed = next.open - distances_(next.t4, t1);
    if (closed <= 0 && depth + 1 == kBreadth.size()) continue;
    const size_t mark = flips_.size();
    FlipPath(t1, t2, next.t4);
    added_.emplace_back(t2, next.t3);
    const bool found = closed > 0 || Chain(t1, Next(t1) == next.t4, closed, depth + 1);
    added_.pop_back();
    if (found) {
      if (closed > 0) gain_ += closed;
      for (const int vertex : {t1, t2, next.t3, next.t4}) Touch(vertex);
      return true;
    }
    UndoTo(mark);
  }
  return false;
}

// Puts the path from `first` to `last`, without which the tour is shorter by `saved`, between a
// neighbour of `first` and either vertex beside that.
bool TourSearch::PlaceSegment(int first, int last, bool forward, int64_t saved) {
  const int before = Step(first, !forward);
  const int after = Step(last, forward);
  for (const int c : neighbours_.Of(first)) {
    const int64_t rest = saved - distances_(first, c);
    if (rest <= 0) return false;
    // Within the segment: as far from `first` as the tour's array is long, at most.
    const int steps = forward ? Place(c) - Place(first) : Place(first) - Place(c);
    const int length = forward ? Place(last) - Place(first) : Place(first) - Place(last);
    if ((steps + size_) % size_ <= (length + size_) % size_) continue;
    for (const bool same_way : {true, false}) {
      const int e = Step(c, forward == same_way);
      if ((same_way && c == before) || (!same_way && c == after)) continue;
      const int64_t gain = rest - distances_(last, e) + distances_(c, e);
      if (gain <= 0) continue;
      const int end = same_way ? c : e;  // before the segment's new place
      if ((forward ? FlipLength(first, end) : FlipLength(end, first)) > longest_flip_) continue;
      FlipPath(before, first, end);
      FlipPath(before, end, after);
      if (same_way) FlipPath(end, last, first);
      gain_ += gain;
      for (const int vertex : {before, after, first, last, c, e}) Touch(vertex);
      return true;
    }
  }
  return false;
}

bool TourSearch::MoveSegment(int first, bool forward) {
  const int before = Step(first, !forward);
  int last = first;
  for (int length = 1; length <= kLongestSegment; ++length) {
    const int after = Step(last, forward);
    const int64_t saved =
        int64_t{distances_(before, first)} + distances_(last, after) - distances_(before, after);
    if (saved > 0 && PlaceSegment(first, last, forward, saved)) return true;
    last = after;
  }
  return false;
}

bool TourSearch::ImproveAt(int vertex) {
  return Chain(vertex, true, 0, 0) || Chain(vertex, false, 0, 0) || MoveSegment(vertex, true) ||
         MoveSegment(vertex, false);
}

void TourSearch::Descend() {
  for (int place = size_; place-- > 0;) Touch(At(place));
  while (!queue_.empty()) {
    const int vertex = queue_.back();
    queue_.pop_back();
    queued_[static_cast<size_t>(vertex)] = 0;
    while (ImproveAt(vertex)) {
    }
    flips_.clear();
  }
}

// Swaps two short paths that follow each other; returns by how much the tour is longer for it.
int64_t TourSearch::Disturb(OrderRandom& random) {
  const int most = std::max(1, std::min(kLocal, (size_ - 2) / 2));
  const auto place = [this](int number) { return At(number % size_); };
  const int start = random.Below(size_);
  const int middle = start + 1 + random.Below(most);
  const int end = middle + 1 + random.Below(most);
  const int a = place(start);
  const int first = place(start + 1);
  const int last = place(middle);
  const int next = place(middle + 1);
  const int final = place(end);
  const int b = place(end + 1);
  FlipPath(a, first, final);
  FlipPath(a, final, next);
  FlipPath(b, first, last);
  for (const int vertex : {a, first, last, next, final, b}) Touch(vertex);
  return int64_t{distances_(a, next)} + distances_(final, first) + distances_(last, b) -
         distances_(a, first) - distances_(last, next) - distances_(final, b);
}

void TourSearch::Iterate(int64_t iterations, OrderRandom& random) {
  if (size_ < 8) return;
  for (; iterations > 0; --iterations) {
    gain_ = 0;
    flips_.clear();
    const int64_t longer = Disturb(random);
    while (!queue_.empty()) {
      const int vertex = queue_.back();
      queue_.pop_back();
      queued_[static_cast<size_t>(vertex)] = 0;
      while (ImproveAt(vertex)) {
      }
    }
    if (gain_ < longer) UndoTo(0);
  }
}

}  // namespace ctestbed

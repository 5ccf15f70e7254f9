#include "plan/order/tour_search.h"

#include <algorithm>

namespace ctestbed {
namespace {

constexpr int kLongestFlip = 30'000;  // in instances of any size
constexpr size_t kLastWidth = 6;      // neighbours tried for the third edge
// Length of what a disturbance swaps, up to 16 times as much.
constexpr int kLocal = 30;
// By up to how much of an average edge the tour may become longer, at first.
constexpr double kHeat = 0.3;

}  // namespace

TourSearch::TourSearch(const Distances& distances, const Neighbours& neighbours,
                       std::vector<int> tour)
    : distances_(distances),
      neighbours_(neighbours),
      size_(static_cast<int>(tour.size())),
      longest_flip_(std::min(size_, kLongestFlip)),
      places_(tour.size()),
      queued_(tour.size()) {
  Take(std::move(tour));
}

void TourSearch::Take(std::vector<int> tour) {
  tour_ = std::move(tour);
  for (int place = 0; place < size_; ++place) places_[static_cast<size_t>(At(place))] = place;
}

std::vector<int> TourSearch::Tour() const {
  std::vector<int> tour = tour_;
  std::rotate(tour.begin(), tour.begin() + Place(0), tour.end());
  return tour;
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

int TourSearch::Steps(int from, int to, bool forward) const {
  const int steps = forward ? Place(to) - Place(from) : Place(from) - Place(to);
  return steps < 0 ? steps + size_ : steps;
}

// All moves that begin with the edge from t1 onwards. Seen in that direction, an edge (t4, t3)
// makes t2...t4 a path that can be flipped, and an edge (t3, t4) makes t2...t3 a circle, which only
// a third edge out of it can put back into the tour.
void TourSearch::FromEdge(int t1, bool forward, Move& best) const {
  const int t2 = Step(t1, forward);
  const int64_t removed = distances_(t1, t2);
  for (const auto& [t3, distance] : neighbours_.Of(t2)) {
    const int64_t rest = removed - distance;
    if (rest <= 0) return;
    if (t3 == t1) continue;
    Move move{.t1 = t1, .t2 = t2, .t3 = t3, .forward = forward};
    move.t4 = Step(t3, !forward);
    if (move.t4 != t2 && IsShort(Steps(t2, move.t4, forward))) {
      const int64_t open = rest + distances_(t3, move.t4);
      move.gain = open - distances_(move.t4, t1);
      if (move.gain > best.gain) best = move;
      AfterFlip(move, open, best);
    }
    move.t4 = Step(t3, forward);
    if (t3 != t2 && move.t4 != t2 && IsShort(Steps(t2, t3, forward))) {
      IntoSegment(move, rest + distances_(t3, move.t4), best);
    }
  }
}

// A second flip, of the path from t4, which then follows t1, to t6.
void TourSearch::AfterFlip(Move move, int64_t open, Move& best) const {
  const int length = Steps(move.t2, move.t4, move.forward);
  for (const auto& [t5, distance] :
       neighbours_.Of(move.t4).first(std::min(kLastWidth, neighbours_.Width()))) {
    const int64_t rest = open - distance;
    if (rest <= best.gain) return;
    if (t5 == move.t1 || t5 == move.t3) continue;
    const int steps = Steps(move.t2, t5, move.forward);
    const bool flipped = steps <= length;
    move.t5 = t5;
    move.t6 = Step(t5, move.forward == flipped);
    if (move.t6 == move.t4) continue;
    move.gain = rest + distances_(t5, move.t6) - distances_(move.t6, move.t1);
    if (move.gain > best.gain && IsShort(flipped ? length - steps : steps)) best = move;
  }
}

// The circle t2...t3 is cut at (t5, t6), either way round, and put between t1 and t4.
void TourSearch::IntoSegment(Move move, int64_t open, Move& best) const {
  const int length = Steps(move.t2, move.t3, move.forward);
  for (const auto& [t5, distance] :
       neighbours_.Of(move.t4).first(std::min(kLastWidth, neighbours_.Width()))) {
    const int64_t rest = open - distance;
    if (rest <= best.gain) return;
    if (Steps(move.t2, t5, move.forward) > length) continue;
    for (const bool onwards : {true, false}) {
      if (t5 == (onwards ? move.t3 : move.t2)) continue;
      move.t5 = t5;
      move.t6 = Step(t5, move.forward == onwards);
      move.gain = rest + distances_(t5, move.t6) - distances_(move.t6, move.t1);
      if (move.gain > best.gain) best = move;
    }
  }
}

void TourSearch::Do(const Move& move) {
  if (Step(move.t3, !move.forward) == move.t4) {
    FlipPath(move.t1, move.t2, move.t4);
    if (move.t5 >= 0) FlipPath(move.t1, move.t4, move.t6);
  } else if (Step(move.t5, move.forward) == move.t6) {
    FlipPath(move.t1, move.t2, move.t3);
    FlipPath(move.t1, move.t3, move.t6);
    FlipPath(move.t4, move.t2, move.t5);
  } else {
    FlipPath(move.t1, move.t2, move.t6);
    FlipPath(move.t4, move.t3, move.t5);
  }
  gain_ += move.gain;
  for (const int vertex : {move.t1, move.t2, move.t3, move.t4, move.t5, move.t6}) {
    if (vertex >= 0) Touch(vertex);
  }
}

bool TourSearch::ImproveAt(int vertex) {
  Move best;
  FromEdge(vertex, true, best);
  FromEdge(vertex, false, best);
  if (best.gain <= 0) return false;
  Do(best);
  return true;
}

void TourSearch::Repair() {
  while (!queue_.empty()) {
    const int vertex = queue_.back();
    queue_.pop_back();
    queued_[static_cast<size_t>(vertex)] = 0;
    while (ImproveAt(vertex)) {
    }
  }
}

void TourSearch::Descend() {
  for (int place = size_; place-- > 0;) Touch(At(place));
  Repair();
}

// Swaps two short paths that follow each other; returns by how much the tour is longer for it.
int64_t TourSearch::Disturb(PlanRandom& random) {
  const int most = std::max(1, std::min(kLocal << random.Below(5), (size_ - 2) / 2));
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

void TourSearch::Iterate(int64_t iterations, PlanRandom& random) {
  if (size_ < 8) return;
  const std::vector<int> before = tour_;
  const int64_t length = distances_.Length(tour_);
  const double heat = kHeat * static_cast<double>(length) / size_ / static_cast<double>(iterations);
  for (int64_t left = iterations; left > 0; --left) {
    const auto accepted = static_cast<int64_t>(random.Unit() * heat * static_cast<double>(left));
    gain_ = 0;
    flips_.clear();
    const int64_t longer = Disturb(random);
    Repair();
    if (longer > gain_ + accepted) UndoTo(0);
  }
  if (distances_.Length(tour_) > length) Take(before);
}

}  // namespace ctestbed

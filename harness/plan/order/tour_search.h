// Makes a tour shorter: chains of 2-opt moves as Lin and Kernighan (1973) find them, by flips of an
// array (Johnson, McGeoch 1997), and moves of short segments (Or 1976), iterated with local
// double bridges (Martin, Otto, Felten 1991).
#pragma once

#include <utility>
#include <vector>

#include "plan/order/neighbours.h"
#include "plan/order/order_random.h"

namespace ctestbed {

class TourSearch {
 public:
  // Borrows its arguments; `tour` holds every vertex once.
  TourSearch(const Distances& distances, const Neighbours& neighbours, std::vector<int> tour);

  // To a tour that no move improves.
  void Descend();
  // `iterations` times: disturbs the tour somewhere, repairs it there, and takes that back if it
  // has become longer. Descend first.
  void Iterate(int64_t iterations, OrderRandom& random);

  // The tour as it is now, from vertex 0.
  std::vector<int> Tour() const;

 private:
  int Next(int vertex) const { return At(Place(vertex) + 1 == size_ ? 0 : Place(vertex) + 1); }
  int Previous(int vertex) const { return At(Place(vertex) == 0 ? size_ - 1 : Place(vertex) - 1); }
  int Step(int vertex, bool forward) const { return forward ? Next(vertex) : Previous(vertex); }
  int At(int place) const { return tour_[static_cast<size_t>(place)]; }
  int Place(int vertex) const { return places_[static_cast<size_t>(vertex)]; }

  int FlipLength(int from, int to) const;
  void Flip(int from, int to);
  void FlipPath(int outside, int first, int last);
  void UndoTo(size_t mark);
  void Touch(int vertex);

  bool ImproveAt(int vertex);
  bool IsAdded(int a, int b) const;
  bool Chain(int t1, bool forward, int64_t gained, size_t depth);
  bool MoveSegment(int first, bool forward);
  bool PlaceSegment(int first, int last, bool forward, int64_t saved);
  int64_t Disturb(OrderRandom& random);

  const Distances& distances_;
  const Neighbours& neighbours_;
  int size_;
  int longest_flip_;
  std::vector<int> tour_;
  std::vector<int> places_;
  std::vector<int> queue_;  // vertices around which something may be to gain
  std::vector<char> queued_;
  std::vector<std::pair<int, int>> flips_;  // done since the last decision, as places
  std::vector<std::pair<int, int>> added_;  // edges of the chain at hand
  int64_t gain_ = 0;                        // since the last decision
};

}  // namespace ctestbed

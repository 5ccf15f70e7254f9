// Makes a tour shorter: all sequential 2-opt and 3-opt moves among neighbours that gain at every
// step (Lin, Kernighan 1973), done as flips of an array (Johnson, McGeoch 1997), iterated with
// local double bridges (Martin, Otto, Felten 1991).
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "plan/order/neighbours.h"
#include "plan/plan_random.h"

namespace ctestbed {

class TourSearch {
 public:
  // Borrows its arguments; `tour` holds every vertex once.
  TourSearch(const Distances& distances, const Neighbours& neighbours, std::vector<int> tour);

  // To a tour that no move improves.
  void Descend();
  // `iterations` times: disturbs the tour somewhere, repairs it there, and takes that back if it
  // has become longer, or, early on, much longer. Never ends with a longer tour. Descend first.
  void Iterate(int64_t iterations, PlanRandom& random);

  // The tour as it is now, from vertex 0.
  std::vector<int> Tour() const;

 private:
  int Next(int vertex) const { return At(Place(vertex) + 1 == size_ ? 0 : Place(vertex) + 1); }
  int Previous(int vertex) const { return At(Place(vertex) == 0 ? size_ - 1 : Place(vertex) - 1); }
  int Step(int vertex, bool forward) const { return forward ? Next(vertex) : Previous(vertex); }
  int At(int place) const { return tour_[static_cast<size_t>(place)]; }
  int Place(int vertex) const { return places_[static_cast<size_t>(vertex)]; }

  void Flip(int from, int to);
  void FlipPath(int outside, int first, int last);
  void UndoTo(size_t mark);
  void Touch(int vertex);
  void Take(std::vector<int> tour);
  void Repair();

  // Edges (t1, t2), (t3, t4) and, unless t5 is -1, (t5, t6) give way to (t2, t3), (t4, t5) and
  // (t6, t1), or (t4, t1).
  struct Move {
    int64_t gain = 0;
    int t1 = -1, t2 = -1, t3 = -1, t4 = -1, t5 = -1, t6 = -1;
    bool forward = true;  // t2 comes after t1
  };
  bool ImproveAt(int vertex);
  void FromEdge(int t1, bool forward, Move& best) const;
  void AfterFlip(Move move, int64_t open, Move& best) const;
  void IntoSegment(Move move, int64_t open, Move& best) const;
  void Do(const Move& move);
  int Steps(int from, int to, bool forward) const;
  bool IsShort(int steps) const { return std::min(steps, size_ - steps) <= longest_flip_; }
  int64_t Disturb(PlanRandom& random);

  const Distances& distances_;
  const Neighbours& neighbours_;
  int size_;
  int longest_flip_;
  std::vector<int> tour_;
  std::vector<int> places_;
  std::vector<int> queue_;  // vertices around which something may be to gain
  std::vector<char> queued_;
  std::vector<std::pair<int, int>> flips_;  // done since the last decision, as places
  int64_t gain_ = 0;                        // since the last decision
};

}  // namespace ctestbed

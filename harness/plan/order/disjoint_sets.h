// Sets that grow together (union-find).
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

namespace ctestbed {

class DisjointSets {
 public:
  explicit DisjointSets(size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), 0);
  }

  int Find(int i) {
    while (Parent(i) != i) i = Parent(i) = Parent(Parent(i));
    return i;
  }
  // Whether they were apart.
  bool Join(int a, int b) {
    a = Find(a);
    b = Find(b);
    Parent(std::max(a, b)) = std::min(a, b);
    return a != b;
  }

 private:
  int& Parent(int i) { return parents_[static_cast<size_t>(i)]; }

  std::vector<int> parents_;
};

}  // namespace ctestbed

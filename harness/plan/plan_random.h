// Random numbers that are the same on every machine: splitmix64 (Steele, Lea, Flood 2014), without
// the distributions of <random>, which differ between libraries.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace ctestbed {

class PlanRandom {
 public:
  explicit PlanRandom(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // 0 <= result < limit; `limit` is positive and at most 2^31.
  template <typename Integer>
  Integer Below(Integer limit) {
    return static_cast<Integer>(((Next() >> 32) * static_cast<uint64_t>(limit)) >> 32);
  }

  // In [0, 1).
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

  // How much worse annealing may become in this step. An increase of n * `half` is tolerated with
  // probability 2^-n, and in proportion between: Boltzmann's law without a logarithm.
  int64_t Tolerance(int64_t half) {
    const uint64_t bits = Next();
    const int64_t halvings = std::countl_zero(bits | 0xffff);
    return (halvings * 65536 + static_cast<int64_t>(bits & 0xffff)) * half / 65536;
  }

  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  uint64_t state_;
};

}  // namespace ctestbed

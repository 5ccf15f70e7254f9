// Random numbers that are the same on every machine: splitmix64 (Steele, Lea, Flood 2014) and
// integer arithmetic only, since floating point and <random> differ between platforms.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace ctestbed {

class CoverRandom {
 public:
  explicit CoverRandom(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // 0 <= result < limit; `limit` is positive.
  uint32_t Below(size_t limit) {
    return static_cast<uint32_t>(((Next() >> 32) * static_cast<uint64_t>(limit)) >> 32);
  }

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

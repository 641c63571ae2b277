#pragma once

#include <cstdint>
#include <span>

namespace millrace {

/// A reproducible sequence of random numbers: SplitMix64 [Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014]. A value; one thread.
class RandomNumbers {
 public:
  explicit RandomNumbers(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    uint64_t word = state_;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
  }

  /// From [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// From [0, bound).
  uint64_t below(uint64_t bound) { return scaled(next(), bound); }

  /// From low to high, both included.
  int64_t between(int64_t low, int64_t high) { return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low + 1))); }

  bool once_in(uint64_t times) { return below(times) == 0; }

  template <class T>
  const T& one_of(std::span<const T> all) {
    return all[below(all.size())];
  }

  /// A number below `bound` from the upper bits of a random word, without a division.
  static uint64_t scaled(uint64_t random, uint64_t bound) { return ((random >> 32) * bound) >> 32; }

 private:
  uint64_t state_;
};

}  // namespace millrace

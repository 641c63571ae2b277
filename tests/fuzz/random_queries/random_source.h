#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace millrace::fuzz {

/// Random numbers that a seed determines on every machine (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014).
class RandomSource {
 public:
  /// Seeds that lie side by side give unrelated numbers: the first number of each is the state of its own.
  explicit RandomSource(uint64_t seed) : state_(seed) { state_ = next() ^ (seed << 32); }

  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// In [0, bound).
  int64_t below(int64_t bound) { return static_cast<int64_t>(next() % static_cast<uint64_t>(bound)); }
  /// In [from, to].
  int64_t between(int64_t from, int64_t to) { return from + below(to - from + 1); }
  bool chance(int percent) { return below(100) < percent; }
  std::string pick(std::initializer_list<const char*> choices) { return choices.begin()[below(static_cast<int64_t>(choices.size()))]; }
  const std::string& pick(const std::vector<std::string>& choices) {
    return choices[static_cast<size_t>(below(static_cast<int64_t>(choices.size())))];
  }

 private:
  uint64_t state_;
};

}  // namespace millrace::fuzz

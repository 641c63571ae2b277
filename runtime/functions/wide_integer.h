#pragma once

#include <cstdint>

/// Integers of 256 bits without a sign, for the products and quotients of DECIMALs.
namespace millrace {

using Wide = unsigned __int128;

struct Wider {
  Wide low = 0;
  Wide high = 0;
};

inline bool operator<(const Wider& a, const Wider& b) { return a.high != b.high ? a.high < b.high : a.low < b.low; }

Wider multiply_wide(Wide a, Wide b);

inline Wider add_wide(const Wider& a, const Wider& b) {
  const Wide low = a.low + b.low;
  return {low, a.high + b.high + (low < a.low ? 1 : 0)};
}
/// a >= b
inline Wider subtract_wide(const Wider& a, const Wider& b) {
  return {a.low - b.low, a.high - b.high - (a.low < b.low ? 1 : 0)};
}

struct Division {
  Wider quotient;
  Wide remainder = 0;
};
/// By long division (Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D) in digits of 64 bits; divisor is not 0.
Division divide_wide(const Wider& dividend, Wide divisor);

}  // namespace millrace

#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/hot/mr_hot.h"

/// Integers and times as text.
namespace millrace::abi {

inline constexpr char kDigitPairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

inline constexpr int64_t kIntTextMax = 20;  ///< bytes of `-9223372036854775808`

inline char* write_two_digits(char* p, uint64_t value) {
  std::memcpy(p, kDigitPairs + value * 2, 2);
  return p + 2;
}

inline int count_digits(uint64_t value) {
  int digits = 1;
  for (; value >= 10'000; value /= 10'000) digits += 4;
  return digits + (value >= 10) + (value >= 100) + (value >= 1000);
}

inline char* write_unsigned(char* p, uint64_t value) {
  char* const end = p + count_digits(value);
  char* at = end;
  for (; value >= 100; value /= 100) write_two_digits(at -= 2, value % 100);
  if (value >= 10) {
    write_two_digits(p, value);
  } else {
    *p = static_cast<char>('0' + value);
  }
  return end;
}

/// Writes at most kIntTextMax bytes; returns the place after them.
inline char* write_int(char* p, int64_t value) {
  if (value >= 0) return write_unsigned(p, static_cast<uint64_t>(value));
  *p = '-';
  return write_unsigned(p + 1, 0 - static_cast<uint64_t>(value));
}

/// At least `width` digits, with leading zeros.
inline char* write_padded(char* p, uint64_t value, int width) {
  for (int missing = width - count_digits(value); missing > 0; --missing) *p++ = '0';
  return write_unsigned(p, value);
}

}  // namespace millrace::abi

#include "runtime/functions/wide_integer.h"

namespace millrace {

namespace {

constexpr int kDigitBits = 64;

uint64_t low_digit(Wide x) { return static_cast<uint64_t>(x); }
uint64_t high_digit(Wide x) { return static_cast<uint64_t>(x >> kDigitBits); }
Wide join(uint64_t high, uint64_t low) { return static_cast<Wide>(high) << kDigitBits | low; }

/// The digits of a dividend, least first, shifted left with room for what leaves at the top.
struct Digits {
  uint64_t digit[5];

  Digits(const Wider& x, int shift) : digit{low_digit(x.low), high_digit(x.low), low_digit(x.high), high_digit(x.high), 0} {
    if (shift == 0) return;
    for (int i = 4; i > 0; --i) digit[i] = digit[i] << shift | digit[i - 1] >> (kDigitBits - shift);
    digit[0] <<= shift;
  }
};

Division divide_by_digit(const Wider& dividend, uint64_t divisor) {
  const Digits u(dividend, 0);
  uint64_t quotient[4];
  uint64_t remainder = 0;
  for (int i = 3; i >= 0; --i) {
    const Wide part = join(remainder, u.digit[i]);
    quotient[i] = static_cast<uint64_t>(part / divisor);
    remainder = static_cast<uint64_t>(part % divisor);
  }
  return {{join(quotient[1], quotient[0]), join(quotient[3], quotient[2])}, remainder};
}

/// One digit of the quotient: of the three top digits u[2], u[1], u[0] by a divisor of two digits whose highest bit is set; u becomes the rest.
uint64_t divide_step(uint64_t* u, uint64_t v1, uint64_t v0) {
  Wide guess, rest;
  if (u[2] >= v1) {
    guess = ~uint64_t{0};
    rest = join(u[2], u[1]) - guess * v1;
  } else {
    guess = join(u[2], u[1]) / v1;
    rest = join(u[2], u[1]) % v1;
  }
  while (high_digit(rest) == 0 && guess * v0 > join(low_digit(rest), u[0])) {
    --guess;
    rest += v1;
  }
  const auto digit = static_cast<uint64_t>(guess);
  const Wide low_product = static_cast<Wide>(digit) * v0;
  const Wide high_product = static_cast<Wide>(digit) * v1 + high_digit(low_product);
  const uint64_t old0 = u[0];
  const uint64_t old1 = u[1];
  u[0] = old0 - low_digit(low_product);
  const uint64_t borrow = u[0] > old0 ? 1 : 0;
  const Wide taken = static_cast<Wide>(low_digit(high_product)) + borrow;
  u[1] = static_cast<uint64_t>(static_cast<Wide>(old1) - taken);
  const uint64_t second_borrow = static_cast<Wide>(old1) < taken ? 1 : 0;
  u[2] = u[2] - high_digit(high_product) - second_borrow;
  return digit;
}

}  // namespace

Wider multiply_wide(Wide a, Wide b) {
  const Wide ll = static_cast<Wide>(low_digit(a)) * low_digit(b);
  const Wide lh = static_cast<Wide>(low_digit(a)) * high_digit(b);
  const Wide hl = static_cast<Wide>(high_digit(a)) * low_digit(b);
  const Wide hh = static_cast<Wide>(high_digit(a)) * high_digit(b);
  const Wide middle = static_cast<Wide>(high_digit(ll)) + low_digit(lh) + low_digit(hl);
  return {join(low_digit(middle), low_digit(ll)), hh + high_digit(lh) + high_digit(hl) + high_digit(middle)};
}

Division divide_wide(const Wider& dividend, Wide divisor) {
  if (dividend.high == 0) return {{dividend.low / divisor, 0}, dividend.low % divisor};
  if (high_digit(divisor) == 0) return divide_by_digit(dividend, low_digit(divisor));
  const int shift = __builtin_clzll(high_digit(divisor));
  const Wide normal = divisor << shift;
  Digits u(dividend, shift);
  uint64_t quotient[3];
  for (int i = 2; i >= 0; --i) quotient[i] = divide_step(u.digit + i, high_digit(normal), low_digit(normal));
  return {{join(quotient[1], quotient[0]), quotient[2]}, join(u.digit[1], u.digit[0]) >> shift};
}

}  // namespace millrace

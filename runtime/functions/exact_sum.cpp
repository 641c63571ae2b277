#include "runtime/abi/calls/exact_sum.h"

#include <bit>
#include <cmath>
#include <limits>

namespace millrace::abi {

namespace {

constexpr int kDigitBits = 32;
constexpr int kMantissaBits = 52;
constexpr int kExponentMask = 0x7ff;
constexpr int kStepExponent = -1074;
constexpr int kLast = ExactSumState::kDigits - 1;

/// Adds `number` * 2^(32 * digit).
void add_at(ExactSumState* state, int digit, __int128 number) {
  for (; number != 0 && digit < kLast; ++digit) {
    const __int128 sum = number + state->digits[digit];
    state->digits[digit] = static_cast<int64_t>(static_cast<uint32_t>(sum));
    number = sum >> kDigitBits;
  }
  state->digits[kLast] += static_cast<int64_t>(number);
}

/// Of a sum that is not below 0: the first digits and whether anything follows them, which decides between two doubles.
double rounded(const int64_t (&digits)[ExactSumState::kDigits]) {
  int top = kLast;
  while (top > 0 && digits[top] == 0) --top;
  if (top < 2) return std::ldexp(static_cast<double>(digits[1] << kDigitBits | digits[0]), kStepExponent);
  unsigned __int128 front = 0;
  for (int i = 0; i < 3; ++i) front = front << kDigitBits | static_cast<uint32_t>(digits[top - i]);
  bool more = false;
  for (int i = 0; i < top - 2; ++i) more = more || digits[i] != 0;
  return std::ldexp(static_cast<double>(front | (more ? 1 : 0)), (top - 2) * kDigitBits + kStepExponent);
}

double finite_sum(const ExactSumState* state) {
  if (state->digits[kLast] >= 0) return rounded(state->digits);
  int64_t negated[ExactSumState::kDigits];
  int64_t carry = 1;
  for (int i = 0; i < kLast; ++i) {
    const int64_t digit = static_cast<int64_t>(static_cast<uint32_t>(~state->digits[i])) + carry;
    negated[i] = static_cast<int64_t>(static_cast<uint32_t>(digit));
    carry = digit >> kDigitBits;
  }
  negated[kLast] = ~state->digits[kLast] + carry;
  return -rounded(negated);
}

double sum_of(const ExactSumState* state) {
  if (state->nans != 0 || (state->infinities != 0 && state->negative_infinities != 0)) return std::numeric_limits<double>::quiet_NaN();
  if (state->infinities != 0) return std::numeric_limits<double>::infinity();
  if (state->negative_infinities != 0) return -std::numeric_limits<double>::infinity();
  return finite_sum(state);
}

}  // namespace

extern "C" {

void mr_exact_sum_add(ExactSumState* state, double value, int64_t weight) noexcept {
  state->count += weight;
  const auto bits = std::bit_cast<uint64_t>(value);
  const auto exponent = static_cast<int>(bits >> kMantissaBits & kExponentMask);
  uint64_t mantissa = bits & ((uint64_t{1} << kMantissaBits) - 1);
  if (exponent == kExponentMask) {
    if (mantissa != 0) state->nans += weight;
    else (value < 0 ? state->negative_infinities : state->infinities) += weight;
    return;
  }
  if (exponent != 0) mantissa |= uint64_t{1} << kMantissaBits;
  const int shift = exponent == 0 ? 0 : exponent - 1;
  const __int128 times = (bits >> 63 != 0) ? -static_cast<__int128>(weight) : weight;
  const int digit = shift / kDigitBits;
  const int within = shift % kDigitBits;
  // In two parts, so that none has more than 127 bits.
  add_at(state, digit, (times * static_cast<uint32_t>(mantissa)) * (__int128{1} << within));
  add_at(state, digit + 1, (times * static_cast<int64_t>(mantissa >> kDigitBits)) * (__int128{1} << within));
}

void mr_exact_sum_merge(ExactSumState* into, const ExactSumState* from) noexcept {
  into->count += from->count;
  into->nans += from->nans;
  into->infinities += from->infinities;
  into->negative_infinities += from->negative_infinities;
  for (int i = 0; i <= kLast; ++i) add_at(into, i, from->digits[i]);
}

bool mr_exact_sum_result(const ExactSumState* state, double* out) noexcept {
  *out = sum_of(state);
  return state->count != 0;
}

bool mr_exact_avg_result(const ExactSumState* state, double* out) noexcept {
  *out = sum_of(state) / static_cast<double>(state->count);
  return state->count != 0;
}

}  // extern "C"

}  // namespace millrace::abi

#include <cmath>
#include <random>

#include "runtime/abi/calls/math.h"
#include "runtime/abi/calls/state.h"

namespace millrace::abi {

namespace {

std::mt19937_64& generator() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return engine;
}

/// 53 random bits.
double next_fraction() { return static_cast<double>(generator()() >> 11) * 0x1p-53; }

}  // namespace

extern "C" {

void mr_seed_random(uint64_t seed) noexcept { generator().seed(seed); }

double mr_rand(void) noexcept { return next_fraction(); }

/// G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", 1958.
double mr_randn(void) noexcept {
  constexpr double kTwoPi = 6.283185307179586;
  const double radius = std::sqrt(-2 * std::log(1 - next_fraction()));
  return radius * std::cos(kTwoPi * next_fraction());
}

void mr_uuid(PipelineContext* ctx, StringRef* out) noexcept {
  constexpr char kForm[] = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
  constexpr char kHexDigits[] = "0123456789abcdef";
  constexpr int64_t kSize = sizeof kForm - 1;
  char* text = mr_scratch(ctx, kSize);
  for (int64_t i = 0; i < kSize; ++i) {
    const auto nibble = static_cast<unsigned>(generator()() >> 60);
    text[i] = kForm[i] == 'x' ? kHexDigits[nibble] : kForm[i] == 'v' ? kHexDigits[8 | (nibble & 3)] : kForm[i];
  }
  *out = {text, kSize};
}

}  // extern "C"

}  // namespace millrace::abi

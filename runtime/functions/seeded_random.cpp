#include <array>
#include <bit>
#include <cmath>

#include "runtime/abi/calls/math.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/random_state.h"

/// Numbers that follow from a seed, those of Spark: G. Marsaglia, "Xorshift RNGs", 2003, begun at a hash of the seed (A. Appleby's MurmurHash3).
namespace millrace::abi {

namespace {

uint32_t murmur_of_eight_bytes(uint64_t value, uint32_t seed) {
  uint32_t h = seed;
  // The bytes go in from the highest on, four of them as one little-endian number.
  for (const int shift : {32, 0}) {
    uint32_t k = __builtin_bswap32(static_cast<uint32_t>(value >> shift));
    k = std::rotl(k * 0xcc9e2d51u, 15) * 0x1b873593u;
    h = std::rotl(h ^ k, 13) * 5 + 0xe6546b64u;
  }
  h ^= 8;
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}

uint64_t hash_seed(int64_t seed) {
  constexpr uint32_t kArraySeed = 0x3c074a61;
  const uint32_t low = murmur_of_eight_bytes(static_cast<uint64_t>(seed), kArraySeed);
  const uint32_t high = murmur_of_eight_bytes(static_cast<uint64_t>(seed), low);
  return uint64_t{high} << 32 | low;
}

/// What is computed anew in each batch begins anew in each, so that where batches are cut shows in no result.
RandomState& state_in_hand(PipelineContext* ctx, int64_t generator, uint64_t (*begin)(int64_t), int64_t seed) {
  RandomState& state = ctx->random[generator];
  const bool anew = ctx->restarts_random != 0 && state.batch_id != ctx->batch_id;
  if (anew || state.begun == 0) state = {begin(seed), 0, 0, 0, 1};
  state.batch_id = ctx->batch_id;
  return state;
}

RandomState& generator_in_hand(PipelineContext* ctx, int64_t generator, int64_t seed) { return state_in_hand(ctx, generator, hash_seed, seed); }

uint32_t next_bits(RandomState& state, int count) {
  uint64_t x = state.bits;
  x ^= x << 21;
  x ^= x >> 35;
  x ^= x << 4;
  state.bits = x;
  return static_cast<uint32_t>(x & ((uint64_t{1} << count) - 1));
}

double next_double(RandomState& state) {
  const uint64_t high = next_bits(state, 26);
  return static_cast<double>((high << 27) + next_bits(state, 27)) * 0x1p-53;
}

}  // namespace

extern "C" {

double mr_seeded_rand(PipelineContext* ctx, int64_t generator, int64_t seed) noexcept {
  return next_double(generator_in_hand(ctx, generator, seed));
}

/// G. Marsaglia, T. A. Bray, "A convenient method for generating normal variables", 1964: the polar method, two numbers at a time.
double mr_seeded_randn(PipelineContext* ctx, int64_t generator, int64_t seed) noexcept {
  RandomState& state = generator_in_hand(ctx, generator, seed);
  if (state.has_normal != 0) {
    state.has_normal = 0;
    return state.next_normal;
  }
  for (;;) {
    const double x = 2 * next_double(state) - 1;
    const double y = 2 * next_double(state) - 1;
    const double s = x * x + y * y;
    if (s >= 1 || s == 0) continue;
    const double scale = std::sqrt(-2 * std::log(s) / s);
    state.next_normal = y * scale;
    state.has_normal = 1;
    return x * scale;
  }
}

void mr_seeded_randstr(PipelineContext* ctx, int64_t generator, int64_t seed, int64_t length, StringRef* out) noexcept {
  constexpr std::string_view kSigns = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  RandomState& state = generator_in_hand(ctx, generator, seed);
  char* text = mr_scratch(ctx, length);
  for (int64_t i = 0; i < length; ++i) {
    const int64_t drawn = static_cast<int32_t>(next_bits(state, 32)) % static_cast<int64_t>(kSigns.size());
    text[i] = kSigns[static_cast<size_t>(drawn < 0 ? -drawn : drawn)];
  }
  *out = {text, length};
}

int64_t mr_next_id(PipelineContext* ctx, int64_t generator) noexcept {
  constexpr auto from_zero = [](int64_t) -> uint64_t { return 0; };
  return static_cast<int64_t>(state_in_hand(ctx, generator, from_zero, 0).bits++);
}

}  // extern "C"

}  // namespace millrace::abi

#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/string_ref.h"

/// Mathematical functions too big to inline. Bodies in runtime/functions.
namespace millrace::abi {

extern "C" {

// rounding.cpp
/// To `digits` decimal places (negative: to tens, hundreds …) of the number as it is printed, so that round(2.675, 2) is 2.68. round: halves
/// away from zero; bround: to the even digit.
double mr_round_to(double x, int64_t digits) noexcept;
double mr_bround_to(double x, int64_t digits) noexcept;
double mr_round_float_to(double x, int64_t digits) noexcept;
double mr_bround_float_to(double x, int64_t digits) noexcept;
bool mr_round_int_to(int64_t x, int64_t digits, int64_t* out) noexcept;
bool mr_bround_int_to(int64_t x, int64_t digits, int64_t* out) noexcept;
bool mr_round_int32_to(int64_t x, int64_t digits, int64_t* out) noexcept;
bool mr_bround_int32_to(int64_t x, int64_t digits, int64_t* out) noexcept;
bool mr_round_int16_to(int64_t x, int64_t digits, int64_t* out) noexcept;
bool mr_bround_int16_to(int64_t x, int64_t digits, int64_t* out) noexcept;
bool mr_round_int8_to(int64_t x, int64_t digits, int64_t* out) noexcept;
bool mr_bround_int8_to(int64_t x, int64_t digits, int64_t* out) noexcept;

// random.cpp: each thread has a generator of its own
/// What the thread draws from now on follows from the seed.
void mr_seed_random(uint64_t seed) noexcept;
/// Evenly spread over [0, 1).
double mr_rand(void) noexcept;
/// Normally distributed: mean 0, deviation 1.
double mr_randn(void) noexcept;
// seeded_random.cpp: the calls of a query with a seed, by their number in PipelineContext::random
double mr_seeded_rand(PipelineContext* ctx, int64_t generator, int64_t seed) noexcept;
double mr_seeded_randn(PipelineContext* ctx, int64_t generator, int64_t seed) noexcept;
/// `length` digits and letters.
void mr_seeded_randstr(PipelineContext* ctx, int64_t generator, int64_t seed, int64_t length, StringRef* out) noexcept;
/// 0, 1, 2 …
int64_t mr_next_id(PipelineContext* ctx, int64_t generator) noexcept;

/// A random (version 4) UUID.
void mr_uuid(PipelineContext* ctx, StringRef* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi

#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"
#include "runtime/hot/calendar.h"
#include "runtime/hot/mr_hot.h"
#include "runtime/hot/number_text.h"
#include "runtime/hot/time_text.h"

/// Casts that are short enough to inline. Those between integer kinds, and from integers to doubles, are plain instructions.
namespace millrace::abi {

/// The integer part when it lies within [min, max]; NaN and infinities lie in no range.
inline bool truncate_within(double x, double min, double max, int64_t* out) {
  const double whole = std::trunc(x);
  if (!(whole >= min && whole <= max)) return false;
  *out = static_cast<int64_t>(whole);
  return true;
}
MR_HOT bool mr_cast_double_to_tinyint(double x, int64_t* out) noexcept { return truncate_within(x, INT8_MIN, INT8_MAX, out); }
MR_HOT bool mr_cast_double_to_smallint(double x, int64_t* out) noexcept { return truncate_within(x, INT16_MIN, INT16_MAX, out); }
MR_HOT bool mr_cast_double_to_int(double x, int64_t* out) noexcept { return truncate_within(x, INT32_MIN, INT32_MAX, out); }
/// The bound is the largest double below 2^63; 2^63 itself, to which the largest BIGINT is rounded, is the largest BIGINT.
MR_HOT bool mr_cast_double_to_bigint(double x, int64_t* out) noexcept {
  if (x == 9223372036854775808.0) {
    *out = INT64_MAX;
    return true;
  }
  return truncate_within(x, -9223372036854775808.0, 9223372036854774784.0, out);
}

/// Numbers are seconds since the epoch.
MR_HOT bool mr_cast_double_to_timestamp(double seconds, SqlTimestamp* out) noexcept {
  int64_t micros;
  if (!mr_cast_double_to_bigint(seconds * 1e6, &micros)) return false;
  *out = SqlTimestamp{micros};
  return true;
}
MR_HOT bool mr_cast_bigint_to_timestamp(int64_t seconds, SqlTimestamp* out) noexcept {
  int64_t micros;
  if (__builtin_mul_overflow(seconds, kMicrosPerSecond, &micros)) return false;
  *out = SqlTimestamp{micros};
  return true;
}
MR_HOT SqlTimestamp mr_cast_boolean_to_timestamp(bool value) noexcept { return SqlTimestamp{value ? 1 : 0}; }

inline bool whole_seconds_within(SqlTimestamp time, int64_t min, int64_t max, int64_t* out) {
  *out = floor_div(static_cast<int64_t>(time), kMicrosPerSecond);
  return *out >= min && *out <= max;
}
MR_HOT bool mr_cast_timestamp_to_tinyint(SqlTimestamp t, int64_t* out) noexcept { return whole_seconds_within(t, INT8_MIN, INT8_MAX, out); }
MR_HOT bool mr_cast_timestamp_to_smallint(SqlTimestamp t, int64_t* out) noexcept {
  return whole_seconds_within(t, INT16_MIN, INT16_MAX, out);
}
MR_HOT bool mr_cast_timestamp_to_int(SqlTimestamp t, int64_t* out) noexcept { return whole_seconds_within(t, INT32_MIN, INT32_MAX, out); }
MR_HOT int64_t mr_cast_timestamp_to_bigint(SqlTimestamp t) noexcept { return floor_div(static_cast<int64_t>(t), kMicrosPerSecond); }
MR_HOT double mr_cast_timestamp_to_double(SqlTimestamp t) noexcept { return static_cast<double>(static_cast<int64_t>(t)) / 1e6; }
MR_HOT double mr_cast_timestamp_to_float(SqlTimestamp t) noexcept { return static_cast<float>(mr_cast_timestamp_to_double(t)); }
MR_HOT bool mr_cast_timestamp_to_boolean(SqlTimestamp t) noexcept { return static_cast<int64_t>(t) != 0; }

MR_HOT SqlDate mr_cast_timestamp_to_date(PipelineContext* ctx, SqlTimestamp t) noexcept {
  return SqlDate{floor_div(local_from_utc(ctx->time_zone, static_cast<int64_t>(t)), kMicrosPerDay)};
}
/// Midnight in the session's zone.
MR_HOT bool mr_cast_date_to_timestamp(PipelineContext* ctx, SqlDate date, SqlTimestamp* out) noexcept {
  int64_t local;
  if (__builtin_mul_overflow(static_cast<int64_t>(date), kMicrosPerDay, &local)) return false;
  *out = SqlTimestamp{utc_from_local(ctx->time_zone, local)};
  return true;
}

/// A DATE is no number: legal to write, and NULL.
MR_HOT bool mr_cast_date_to_bigint(SqlDate, int64_t* out) noexcept {
  *out = 0;
  return false;
}
MR_HOT bool mr_cast_date_to_double(SqlDate, double* out) noexcept {
  *out = 0;
  return false;
}
MR_HOT bool mr_cast_date_to_boolean(SqlDate, bool* out) noexcept {
  *out = false;
  return false;
}

MR_HOT void mr_cast_boolean_to_string(bool value, StringRef* out) noexcept {
  *out = value ? StringRef{"true", 4} : StringRef{"false", 5};
}
MR_HOT void mr_cast_bigint_to_string(PipelineContext* ctx, int64_t value, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, kIntTextMax);
  *out = {text, write_int(text, value) - text};
}
/// Its bytes, the highest first; as many as its type has.
MR_HOT void mr_cast_int_to_binary(PipelineContext* ctx, int64_t value, int64_t bytes, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, bytes);
  for (int64_t i = bytes; i-- > 0; value >>= 8) text[i] = static_cast<char>(value & 0xff);
  *out = {text, bytes};
}
MR_HOT void mr_cast_date_to_string(PipelineContext* ctx, SqlDate value, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, kTimeTextMax);
  *out = {text, write_date(text, static_cast<int64_t>(value)) - text};
}
MR_HOT void mr_cast_timestamp_to_string(PipelineContext* ctx, SqlTimestamp value, StringRef* out) noexcept {
  char* text = mr_scratch(ctx, kTimeTextMax);
  *out = {text, write_timestamp(text, local_from_utc(ctx->time_zone, static_cast<int64_t>(value))) - text};
}

}  // namespace millrace::abi

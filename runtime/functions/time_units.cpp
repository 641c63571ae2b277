#include "runtime/abi/calls/time_units.h"

#include "runtime/hot/time.h"

namespace millrace::abi {

extern "C" {

bool mr_micros_later(SqlTimestamp time, int64_t count, int64_t unit_us, SqlTimestamp* out) noexcept {
  int64_t moved;
  if (__builtin_mul_overflow(count, unit_us, &moved)) return false;
  return mr_timestamp_add_micros(time, SqlMicros{moved}, out);
}

bool mr_months_later(PipelineContext* ctx, SqlTimestamp time, int64_t count, int64_t unit_months, SqlTimestamp* out) noexcept {
  int64_t moved;
  if (__builtin_mul_overflow(count, unit_months, &moved)) return false;
  return mr_timestamp_add_months(ctx, time, SqlMonths{moved}, out);
}

bool mr_micros_apart(SqlTimestamp from, SqlTimestamp to, int64_t unit_us, int64_t* out) noexcept {
  int64_t apart;
  if (unit_us <= 0 || __builtin_sub_overflow(static_cast<int64_t>(to), static_cast<int64_t>(from), &apart)) return false;
  *out = apart / unit_us;
  return true;
}

/// Whole months: one that is not over yet does not count.
bool mr_months_apart(PipelineContext* ctx, SqlTimestamp from, SqlTimestamp to, int64_t unit_months, int64_t* out) noexcept {
  const auto months_of = [&](SqlTimestamp time, int64_t* within) {
    const int64_t local = local_from_utc(ctx->time_zone, static_cast<int64_t>(time));
    const int64_t days = floor_div(local, kMicrosPerDay);
    const CivilDate civil = civil_from_days(days);
    *within = (civil.day - 1) * kMicrosPerDay + (local - days * kMicrosPerDay);
    return civil.year * 12 + civil.month;
  };
  if (unit_months <= 0) return false;
  int64_t from_within, to_within;
  const int64_t from_month = months_of(from, &from_within);
  int64_t months = months_of(to, &to_within) - from_month;
  if (months > 0 && to_within < from_within) --months;
  if (months < 0 && to_within > from_within) ++months;
  *out = months / unit_months;
  return true;
}

}  // extern "C"

}  // namespace millrace::abi

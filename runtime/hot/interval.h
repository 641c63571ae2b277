#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/abi/decimal.h"
#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/hot/calendar.h"
#include "runtime/hot/mr_hot.h"

/// INTERVALs times and by numbers: rounded half up (away from zero), NULL out of range. Months are an INT.
namespace millrace::abi {

inline bool months_of(int64_t value, SqlMonths* out) {
  *out = SqlMonths{value};
  return value >= INT32_MIN && value <= INT32_MAX;
}

inline bool rounded_half_up(double value, int64_t* out) {
  const double whole = std::round(value);
  if (!(whole >= -9223372036854775808.0 && whole <= 9223372036854774784.0)) return false;
  *out = static_cast<int64_t>(whole);
  return true;
}

inline bool divided_half_up(int64_t value, int64_t by, int64_t* out) {
  if (by == 0) return false;
  const __int128 wide = value;
  // The rest of a division of 64 bits tells the half; INT64_MIN / -1 is out of range.
  if (by == -1) {
    *out = static_cast<int64_t>(-wide);
    return value != INT64_MIN;
  }
  const int64_t quotient = value / by, rest = value % by;
  const uint64_t twice = 2 * (rest < 0 ? 0 - static_cast<uint64_t>(rest) : static_cast<uint64_t>(rest));
  const uint64_t magnitude = by < 0 ? 0 - static_cast<uint64_t>(by) : static_cast<uint64_t>(by);
  const int64_t step = (value < 0) != (by < 0) ? -1 : 1;
  *out = twice >= magnitude ? quotient + step : quotient;
  return true;
}

MR_HOT bool mr_micros_times_int(SqlMicros value, int64_t by, SqlMicros* out) noexcept {
  int64_t product;
  const bool fits = !__builtin_mul_overflow(static_cast<int64_t>(value), by, &product);
  *out = SqlMicros{product};
  return fits;
}
MR_HOT bool mr_micros_times_double(SqlMicros value, double by, SqlMicros* out) noexcept {
  int64_t product = 0;
  const bool fits = rounded_half_up(static_cast<double>(static_cast<int64_t>(value)) * by, &product);
  *out = SqlMicros{product};
  return fits;
}
MR_HOT bool mr_micros_by_int(SqlMicros value, int64_t by, SqlMicros* out) noexcept {
  int64_t quotient = 0;
  const bool fits = divided_half_up(static_cast<int64_t>(value), by, &quotient);
  *out = SqlMicros{quotient};
  return fits;
}
MR_HOT bool mr_micros_by_double(SqlMicros value, double by, SqlMicros* out) noexcept {
  int64_t quotient = 0;
  const bool fits = by != 0 && rounded_half_up(static_cast<double>(static_cast<int64_t>(value)) / by, &quotient);
  *out = SqlMicros{quotient};
  return fits;
}

MR_HOT bool mr_months_times_int(SqlMonths value, int64_t by, SqlMonths* out) noexcept {
  int64_t product;
  return !__builtin_mul_overflow(static_cast<int64_t>(value), by, &product) && months_of(product, out);
}
MR_HOT bool mr_months_times_double(SqlMonths value, double by, SqlMonths* out) noexcept {
  int64_t product;
  return rounded_half_up(static_cast<double>(static_cast<int64_t>(value)) * by, &product) && months_of(product, out);
}
MR_HOT bool mr_months_by_int(SqlMonths value, int64_t by, SqlMonths* out) noexcept {
  int64_t quotient;
  return divided_half_up(static_cast<int64_t>(value), by, &quotient) && months_of(quotient, out);
}
MR_HOT bool mr_months_by_double(SqlMonths value, double by, SqlMonths* out) noexcept {
  int64_t quotient;
  return by != 0 && rounded_half_up(static_cast<double>(static_cast<int64_t>(value)) / by, &quotient) && months_of(quotient, out);
}

MR_HOT bool mr_make_ym_interval(int64_t years, int64_t months, SqlMonths* out) noexcept { return months_of(years * 12 + months, out); }
/// Seconds are a DECIMAL(18, 6).
MR_HOT bool mr_make_dt_interval(int64_t days, int64_t hours, int64_t minutes, const Decimal* seconds, SqlMicros* out) noexcept {
  constexpr int64_t kSecond = 1'000'000;
  const __int128 micros = static_cast<__int128>(days) * 86'400 * kSecond + static_cast<__int128>(hours) * 3'600 * kSecond +
                          static_cast<__int128>(minutes) * 60 * kSecond + wide_of(*seconds);
  *out = SqlMicros{static_cast<int64_t>(micros)};
  return micros >= INT64_MIN && micros <= INT64_MAX;
}

/// A field: whole units, less what the field before it has. Both are constants.
MR_HOT int64_t mr_interval_field(int64_t value, int64_t unit, int64_t modulus) noexcept { return value / unit % modulus; }
/// Of microseconds or a time of day in them: DECIMAL(8, 6).
MR_HOT void mr_interval_seconds(int64_t micros, Decimal* out) noexcept {
  const int64_t rest = micros % 60'000'000;
  *out = {static_cast<uint64_t>(rest), rest >> 63};
}

/// The seconds of a time of day by the session's clocks, whose offset may have seconds of its own.
MR_HOT void mr_timestamp_seconds_exact(PipelineContext* ctx, SqlTimestamp time, Decimal* out) noexcept {
  constexpr int64_t kMinute = 60'000'000;
  const int64_t rest = floor_mod(local_from_utc(ctx->time_zone, static_cast<int64_t>(time)), kMinute);
  *out = {static_cast<uint64_t>(rest), 0};
}

}  // namespace millrace::abi

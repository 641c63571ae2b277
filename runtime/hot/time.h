#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/abi/calls/time.h"
#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/hot/calendar.h"
#include "runtime/hot/cast.h"
#include "runtime/hot/mr_hot.h"

/// Fields of dates and times and arithmetic with them. Fields of a TIMESTAMP are those that clocks of the session's zone show.
namespace millrace::abi {

MR_HOT SqlInt mr_year(SqlDate date) noexcept { return SqlInt{civil_from_days(static_cast<int64_t>(date)).year}; }
MR_HOT SqlInt mr_quarter(SqlDate date) noexcept { return SqlInt{(civil_from_days(static_cast<int64_t>(date)).month + 2) / 3}; }
MR_HOT SqlInt mr_month(SqlDate date) noexcept { return SqlInt{civil_from_days(static_cast<int64_t>(date)).month}; }
MR_HOT SqlInt mr_day(SqlDate date) noexcept { return SqlInt{civil_from_days(static_cast<int64_t>(date)).day}; }
/// 1 Sunday … 7 Saturday.
MR_HOT SqlInt mr_dayofweek(SqlDate date) noexcept { return SqlInt{(weekday_of(static_cast<int64_t>(date)) + 1) % 7 + 1}; }
/// 1 Monday … 7 Sunday.
MR_HOT SqlInt mr_dayofweek_iso(SqlDate date) noexcept { return SqlInt{weekday_of(static_cast<int64_t>(date)) + 1}; }
/// 0 Monday … 6 Sunday.
MR_HOT SqlInt mr_weekday(SqlDate date) noexcept { return SqlInt{weekday_of(static_cast<int64_t>(date))}; }
MR_HOT SqlInt mr_dayofyear(SqlDate date) noexcept {
  const auto days = static_cast<int64_t>(date);
  return SqlInt{day_of_year(days, civil_from_days(days).year)};
}
MR_HOT SqlInt mr_weekofyear(SqlDate date) noexcept { return SqlInt{iso_week(static_cast<int64_t>(date)).week}; }
MR_HOT SqlInt mr_yearofweek(SqlDate date) noexcept { return SqlInt{iso_week(static_cast<int64_t>(date)).year}; }

/// Microseconds since local midnight.
inline int64_t time_of_day(const PipelineContext* ctx, SqlTimestamp time) {
  return floor_mod(local_from_utc(ctx->time_zone, static_cast<int64_t>(time)), kMicrosPerDay);
}
MR_HOT SqlInt mr_hour(PipelineContext* ctx, SqlTimestamp time) noexcept {
  return SqlInt{time_of_day(ctx, time) / (3600 * kMicrosPerSecond)};
}
MR_HOT SqlInt mr_minute(PipelineContext* ctx, SqlTimestamp time) noexcept {
  return SqlInt{time_of_day(ctx, time) / (60 * kMicrosPerSecond) % 60};
}
MR_HOT SqlInt mr_second(PipelineContext* ctx, SqlTimestamp time) noexcept {
  return SqlInt{time_of_day(ctx, time) / kMicrosPerSecond % 60};
}

MR_HOT bool mr_date_add(SqlDate date, int64_t days, SqlDate* out) noexcept {
  int64_t sum;
  if (__builtin_add_overflow(static_cast<int64_t>(date), days, &sum) || sum < INT32_MIN || sum > INT32_MAX) return false;
  *out = SqlDate{sum};
  return true;
}
MR_HOT bool mr_date_sub(SqlDate date, int64_t days, SqlDate* out) noexcept {
  return days != INT64_MIN && mr_date_add(date, -days, out);
}
MR_HOT SqlInt mr_datediff(SqlDate end, SqlDate start) noexcept {
  return SqlInt{static_cast<int64_t>(end) - static_cast<int64_t>(start)};
}
MR_HOT bool mr_add_months(SqlDate date, int64_t months, SqlDate* out) noexcept {
  if (months < INT32_MIN || months > INT32_MAX) return false;
  return mr_date_add(SqlDate{add_months_to_days(static_cast<int64_t>(date), months)}, 0, out);
}
MR_HOT SqlDate mr_last_day(SqlDate date) noexcept {
  const CivilDate civil = civil_from_days(static_cast<int64_t>(date));
  return SqlDate{days_from_civil(civil.year, civil.month, days_in_month(civil.year, civil.month))};
}
MR_HOT bool mr_make_date(int64_t year, int64_t month, int64_t day, SqlDate* out) noexcept {
  if (year < -999'999 || year > 999'999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
  *out = SqlDate{days_from_civil(year, month, day)};
  return true;
}
/// Seconds have a fraction; 60 itself is the next minute.
inline bool local_time_of(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, double second, int64_t* out) {
  SqlDate date;
  constexpr int64_t kYearsMax = 290'000;  // an int64_t of microseconds reaches a little farther
  if (year < -kYearsMax || year > kYearsMax || !mr_make_date(year, month, day, &date)) return false;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || !(second >= 0 && second <= 60)) return false;
  const int64_t whole_minutes = static_cast<int64_t>(date) * 1440 + hour * 60 + minute;
  *out = whole_minutes * 60 * kMicrosPerSecond + static_cast<int64_t>(std::nearbyint(second * 1e6));
  return true;
}
MR_HOT bool mr_make_timestamp(PipelineContext* ctx, int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, double second,
                              SqlTimestamp* out) noexcept {
  int64_t local;
  if (!local_time_of(year, month, day, hour, minute, second, &local)) return false;
  *out = SqlTimestamp{utc_from_local(ctx->time_zone, local)};
  return true;
}
/// By the clocks of a named zone.
MR_HOT bool mr_make_timestamp_in(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, double second, const StringRef* zone,
                                 SqlTimestamp* out) noexcept {
  int64_t local;
  return local_time_of(year, month, day, hour, minute, second, &local) && mr_to_utc_timestamp(SqlTimestamp{local}, zone, out);
}

MR_HOT bool mr_timestamp_add_micros(SqlTimestamp time, SqlMicros interval, SqlTimestamp* out) noexcept {
  int64_t sum;
  if (__builtin_add_overflow(static_cast<int64_t>(time), static_cast<int64_t>(interval), &sum)) return false;
  *out = SqlTimestamp{sum};
  return true;
}
/// The same time of day, by the session's clocks, months later.
MR_HOT bool mr_timestamp_add_months(PipelineContext* ctx, SqlTimestamp time, SqlMonths interval, SqlTimestamp* out) noexcept {
  const int64_t local = local_from_utc(ctx->time_zone, static_cast<int64_t>(time));
  const int64_t days = floor_div(local, kMicrosPerDay);
  SqlDate date;
  int64_t moved;
  if (!mr_add_months(SqlDate{days}, static_cast<int64_t>(interval), &date)) return false;
  if (__builtin_mul_overflow(static_cast<int64_t>(date), kMicrosPerDay, &moved)) return false;
  if (__builtin_add_overflow(moved, local - days * kMicrosPerDay, &moved)) return false;
  *out = SqlTimestamp{utc_from_local(ctx->time_zone, moved)};
  return true;
}
MR_HOT bool mr_date_add_months(SqlDate date, SqlMonths interval, SqlDate* out) noexcept {
  return mr_add_months(date, static_cast<int64_t>(interval), out);
}
/// What clocks of the session's zone show apart: days have 24 hours also where clocks change.
MR_HOT bool mr_timestamp_difference(PipelineContext* ctx, SqlTimestamp a, SqlTimestamp b, SqlMicros* out) noexcept {
  int64_t difference;
  const int64_t left = local_from_utc(ctx->time_zone, static_cast<int64_t>(a)), right = local_from_utc(ctx->time_zone, static_cast<int64_t>(b));
  if (__builtin_sub_overflow(left, right, &difference)) return false;
  *out = SqlMicros{difference};
  return true;
}
MR_HOT bool mr_date_difference(SqlDate a, SqlDate b, SqlMicros* out) noexcept {
  int64_t difference;
  if (__builtin_mul_overflow(static_cast<int64_t>(a) - static_cast<int64_t>(b), kMicrosPerDay, &difference)) return false;
  *out = SqlMicros{difference};
  return true;
}

MR_HOT bool mr_timestamp_millis(int64_t millis, SqlTimestamp* out) noexcept {
  int64_t micros;
  if (__builtin_mul_overflow(millis, 1000, &micros)) return false;
  *out = SqlTimestamp{micros};
  return true;
}
MR_HOT SqlTimestamp mr_timestamp_micros(int64_t micros) noexcept { return SqlTimestamp{micros}; }
MR_HOT int64_t mr_unix_millis(SqlTimestamp time) noexcept { return floor_div(static_cast<int64_t>(time), 1000); }
MR_HOT int64_t mr_unix_micros(SqlTimestamp time) noexcept { return static_cast<int64_t>(time); }
MR_HOT SqlInt mr_unix_date(SqlDate date) noexcept { return SqlInt{static_cast<int64_t>(date)}; }
MR_HOT SqlDate mr_date_from_unix_date(SqlInt days) noexcept { return SqlDate{static_cast<int64_t>(days)}; }

/// The start of the batch in hand: the same for all of its rows.
MR_HOT SqlTimestamp mr_current_timestamp(PipelineContext* ctx) noexcept { return SqlTimestamp{ctx->batch_time_us}; }
MR_HOT SqlDate mr_current_date(PipelineContext* ctx) noexcept {
  return mr_cast_timestamp_to_date(ctx, SqlTimestamp{ctx->batch_time_us});
}
MR_HOT int64_t mr_unix_timestamp_now(PipelineContext* ctx) noexcept { return floor_div(ctx->batch_time_us, kMicrosPerSecond); }

/// to_date and to_timestamp of what the implicit casts have already made one.
MR_HOT SqlDate mr_same_date(SqlDate date) noexcept { return date; }
MR_HOT SqlTimestamp mr_same_timestamp(SqlTimestamp time) noexcept { return time; }

}  // namespace millrace::abi

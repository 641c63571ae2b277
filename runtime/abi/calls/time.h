#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"

/// Functions of dates and times too big to inline. Bodies in runtime/functions. Clock times are those of the session's zone. Patterns are those of
/// java.time's DateTimeFormatter that Spark takes; a pattern that is not understood gives NULL.
namespace millrace::abi {

extern "C" {

// time_truncate.cpp
/// `date_trunc('HOUR', t)`; NULL for an unknown unit.
bool mr_date_trunc(PipelineContext* ctx, const StringRef* unit, SqlTimestamp time, SqlTimestamp* out) noexcept;
/// `trunc(date, 'MONTH')`: year, quarter, month or week.
bool mr_trunc_date(SqlDate date, const StringRef* unit, SqlDate* out) noexcept;
/// The first day after `date` that is the named one (`Mo`, `Mon`, `Monday`); NULL for an unknown name.
bool mr_next_day(SqlDate date, const StringRef* weekday, SqlDate* out) noexcept;
/// Whole months when both are the same day of the month or both the last, else with a fraction of 31-day months, to 8 digits.
double mr_months_between(PipelineContext* ctx, SqlTimestamp a, SqlTimestamp b) noexcept;
double mr_months_between_rounded(PipelineContext* ctx, SqlTimestamp a, SqlTimestamp b, bool round) noexcept;
/// `Mon`, `Jan`.
void mr_dayname(SqlDate date, StringRef* out) noexcept;
void mr_monthname(SqlDate date, StringRef* out) noexcept;
/// What clocks of the named zone show at a UTC time, and back; NULL for an unknown zone.
bool mr_from_utc_timestamp(SqlTimestamp time, const StringRef* zone, SqlTimestamp* out) noexcept;
bool mr_to_utc_timestamp(SqlTimestamp time, const StringRef* zone, SqlTimestamp* out) noexcept;

// time_format.cpp
bool mr_date_format(PipelineContext* ctx, SqlTimestamp time, const StringRef* pattern, StringRef* out) noexcept;
/// `yyyy-MM-dd HH:mm:ss` of seconds since the epoch.
bool mr_from_unixtime(PipelineContext* ctx, int64_t seconds, StringRef* out) noexcept;
bool mr_from_unixtime_as(PipelineContext* ctx, int64_t seconds, const StringRef* pattern, StringRef* out) noexcept;

// time_parse.cpp
bool mr_to_timestamp_as(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, SqlTimestamp* out) noexcept;
bool mr_to_date_as(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, SqlDate* out) noexcept;
bool mr_unix_timestamp_text(PipelineContext* ctx, const StringRef* s, int64_t* out) noexcept;
bool mr_unix_timestamp_as(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, int64_t* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi

#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"

/// INTERVALs as text. Fields are numbered as in a type code (runtime/abi/type_code.h). Bodies in runtime/functions/interval_text.cpp.
namespace millrace::abi {

extern "C" {

/// `INTERVAL '1-2' YEAR TO MONTH`; returns the size, at most kIntervalTextMax.
int64_t mr_write_months(int64_t months, int64_t first, int64_t last, char* out) noexcept;
/// `INTERVAL '1 02:03:04.5' DAY TO SECOND`
int64_t mr_write_micros(int64_t micros, int64_t first, int64_t last, char* out) noexcept;
void mr_cast_months_to_string(PipelineContext* ctx, SqlMonths value, int64_t first, int64_t last, StringRef* out) noexcept;
void mr_cast_micros_to_string(PipelineContext* ctx, SqlMicros value, int64_t first, int64_t last, StringRef* out) noexcept;

/// The text between the quotes of such a literal, or the whole of it; of another shape, or out of range, it is NULL.
bool mr_cast_string_to_months(const StringRef* text, int64_t first, int64_t last, SqlMonths* out) noexcept;
bool mr_cast_string_to_micros(const StringRef* text, int64_t first, int64_t last, SqlMicros* out) noexcept;

// INTERVALs of months, days and microseconds that are kept apart; bodies in runtime/functions/calendar_interval.cpp.
/// `1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds`, without what is 0.
void mr_calendar_interval_text(PipelineContext* ctx, int64_t months, int64_t days, int64_t micros, StringRef* out) noexcept;
/// Of `1 year -2 days 3.5 seconds` the months (part 0), days (1) or microseconds (2).
bool mr_calendar_interval_part(const StringRef* text, int64_t part, int64_t* out) noexcept;
bool mr_timestamp_add_calendar(PipelineContext* ctx, SqlTimestamp time, int64_t months, int64_t days, int64_t micros, SqlTimestamp* out) noexcept;
bool mr_date_add_calendar(SqlDate date, int64_t months, int64_t days, int64_t micros, SqlDate* out) noexcept;

}  // extern "C"

inline constexpr int64_t kIntervalTextMax = 64;

}  // namespace millrace::abi

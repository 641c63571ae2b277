#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"

/// timestampadd and timestampdiff: a number of units, each of so many microseconds or months. Bodies in runtime/functions/time_units.cpp.
namespace millrace::abi {

extern "C" {

bool mr_micros_later(SqlTimestamp time, int64_t count, int64_t unit_us, SqlTimestamp* out) noexcept;
bool mr_months_later(PipelineContext* ctx, SqlTimestamp time, int64_t count, int64_t unit_months, SqlTimestamp* out) noexcept;
/// Whole units from one time to the other, negative when it is before.
bool mr_micros_apart(SqlTimestamp from, SqlTimestamp to, int64_t unit_us, int64_t* out) noexcept;
bool mr_months_apart(PipelineContext* ctx, SqlTimestamp from, SqlTimestamp to, int64_t unit_months, int64_t* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi

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

}  // extern "C"

inline constexpr int64_t kIntervalTextMax = 64;

}  // namespace millrace::abi

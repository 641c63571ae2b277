#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"

/// Casts from and to text. Bodies in runtime/functions. What cannot be cast gives false: NULL.
namespace millrace::abi {

extern "C" {

/// Blanks around, a sign, digits; a fraction is checked and dropped; no exponent.
bool mr_cast_string_to_tinyint(const StringRef* s, int64_t* out) noexcept;
bool mr_cast_string_to_smallint(const StringRef* s, int64_t* out) noexcept;
bool mr_cast_string_to_int(const StringRef* s, int64_t* out) noexcept;
bool mr_cast_string_to_bigint(const StringRef* s, int64_t* out) noexcept;
/// As Java's Double.parseDouble: `1e3`, `.5`, `1d`, `0x1.8p3`; also inf, infinity, nan in any letter case.
bool mr_cast_string_to_double(const StringRef* s, double* out) noexcept;
bool mr_cast_string_to_float(const StringRef* s, double* out) noexcept;
/// t, true, y, yes, 1 and f, false, n, no, 0 in any letter case.
bool mr_cast_string_to_boolean(const StringRef* s, bool* out) noexcept;
/// `y…`, `y…-m`, `y…-m-d`, the last followed by anything after a blank or `T`.
bool mr_cast_string_to_date(const StringRef* s, SqlDate* out) noexcept;
/// A date, then a blank or `T` and `h:m[:s[.fraction]]`, then a zone; without one the session's.
bool mr_cast_string_to_timestamp(PipelineContext* ctx, const StringRef* s, SqlTimestamp* out) noexcept;

void mr_cast_double_to_string(PipelineContext* ctx, double value, StringRef* out) noexcept;
void mr_cast_float_to_string(PipelineContext* ctx, double value, StringRef* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi

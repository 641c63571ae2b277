#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/sql_values.h"
#include "runtime/abi/string_ref.h"

/// String functions too big to inline. Bodies in runtime/functions. Strings are UTF-8; positions and lengths count code points. Results
/// that are not part of an argument lie in the context's scratch arena. A result longer than kTextMax is NULL.
namespace millrace::abi {

inline constexpr int64_t kTextMax = int64_t{1} << 28;  ///< bytes

extern "C" {

// letter_case.cpp
void mr_upper(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
void mr_lower(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// The first letter of each word (words are parted by blanks) in upper case, the rest in lower case.
void mr_initcap(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// LIKE of the lower-case forms.
bool mr_ilike(const StringRef* s, const StringRef* pattern, int64_t escape) noexcept;

// string_build.cpp
/// NULL when any part is.
bool mr_concat(PipelineContext* ctx, const StringRef* parts, int64_t count, StringRef* out) noexcept;
/// Skips parts that are NULL.
bool mr_concat_ws(PipelineContext* ctx, const StringRef* separator, const StringRef* parts, int64_t count, StringRef* out) noexcept;
bool mr_lpad(PipelineContext* ctx, const StringRef* s, int64_t length, const StringRef* pad, StringRef* out) noexcept;
bool mr_rpad(PipelineContext* ctx, const StringRef* s, int64_t length, const StringRef* pad, StringRef* out) noexcept;
bool mr_lpad_blanks(PipelineContext* ctx, const StringRef* s, int64_t length, StringRef* out) noexcept;
bool mr_rpad_blanks(PipelineContext* ctx, const StringRef* s, int64_t length, StringRef* out) noexcept;
/// Of BINARY: lengths are in bytes, and what is added is `pad` or zeros.
bool mr_lpad_bytes(PipelineContext* ctx, const StringRef* s, int64_t length, const StringRef* pad, StringRef* out) noexcept;
bool mr_rpad_bytes(PipelineContext* ctx, const StringRef* s, int64_t length, const StringRef* pad, StringRef* out) noexcept;
bool mr_lpad_zeros(PipelineContext* ctx, const StringRef* s, int64_t length, StringRef* out) noexcept;
bool mr_rpad_zeros(PipelineContext* ctx, const StringRef* s, int64_t length, StringRef* out) noexcept;
bool mr_repeat(PipelineContext* ctx, const StringRef* s, int64_t times, StringRef* out) noexcept;
bool mr_space(PipelineContext* ctx, int64_t length, StringRef* out) noexcept;
bool mr_replace(PipelineContext* ctx, const StringRef* s, const StringRef* from, const StringRef* to, StringRef* out) noexcept;
bool mr_replace_nothing(PipelineContext* ctx, const StringRef* s, const StringRef* from, StringRef* out) noexcept;
void mr_reverse(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// Each character of `from` becomes the one at its place in `to`, or is dropped when `to` is shorter.
void mr_translate(PipelineContext* ctx, const StringRef* s, const StringRef* from, const StringRef* to, StringRef* out) noexcept;
/// Replaces `length` characters from `position` on; length < 0 means the replacement's own.
bool mr_overlay(PipelineContext* ctx, const StringRef* s, const StringRef* with, int64_t position, int64_t length,
                StringRef* out) noexcept;
bool mr_overlay_same_length(PipelineContext* ctx, const StringRef* s, const StringRef* with, int64_t position, StringRef* out) noexcept;
/// The character of a code below 256; '' below 0.
void mr_chr(PipelineContext* ctx, int64_t code, StringRef* out) noexcept;

// string_measure.cpp
/// Number of insertions, deletions and replacements of characters that turn one into the other.
SqlInt mr_levenshtein(const StringRef* a, const StringRef* b) noexcept;
void mr_soundex(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// Position from 1 of a string in a comma-separated list; 0 when it is not there or holds a comma itself.
SqlInt mr_find_in_set(const StringRef* s, const StringRef* list) noexcept;
/// `1,234.50`: `digits` after the point; NULL when that is negative.
bool mr_format_number(PipelineContext* ctx, double value, int64_t digits, StringRef* out) noexcept;
bool mr_format_number_int(PipelineContext* ctx, int64_t value, int64_t digits, StringRef* out) noexcept;
/// Whether the digits pass Luhn's check (credit cards).
bool mr_luhn_check(const StringRef* s) noexcept;

}  // extern "C"

}  // namespace millrace::abi

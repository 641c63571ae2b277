#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/calls/decimal.h"
#include "runtime/abi/calls/interval.h"
#include "runtime/abi/calls/output.h"
#include "runtime/abi/calls/text.h"
#include "runtime/hot/byte_mask.h"
#include "runtime/hot/mr_hot.h"
#include "runtime/hot/number_text.h"
#include "runtime/hot/time_text.h"

/// Appending result rows to an OutputBuffer as text. How the pieces make a row:
///   json:  mr_out_row_begin, mr_out_bytes `{"a":`, mr_out_json_*, mr_out_bytes `,"b":`, …, mr_out_bytes `}\n`
///   csv:   mr_out_row_begin, mr_out_csv_*, mr_out_bytes `,`, …, mr_out_bytes `\n`; a NULL appends nothing
///   table: mr_out_row_begin; if it says so, for each column mr_out_cell_null or mr_out_cell_begin, mr_out_text_*, mr_out_cell_end
/// A STRUCT is put together by the caller from mr_out_bytes and the pieces of its fields. A cell of a table is a uint32_t with its
/// size, then its bytes; kNullCell in place of the size is a NULL.
namespace millrace::abi {

inline constexpr uint32_t kNullCell = UINT32_MAX;

/// Room for `bytes` more, and where to write them.
inline char* out_reserve(OutputBuffer* out, int64_t bytes) {
  if (__builtin_expect(out->capacity - out->size < bytes, 0)) mr_out_grow(out, bytes);
  return out->data + out->size;
}

inline void out_commit(OutputBuffer* out, const char* end) { out->size = end - out->data; }

/// Counts a row and says whether its text is wanted.
MR_HOT bool mr_out_row_begin(OutputBuffer* out) noexcept {
  const int64_t row = out->row_count++;
  return out->row_limit < 0 || row < out->row_limit;
}

/// Bytes as they are.
MR_HOT void mr_out_bytes(OutputBuffer* out, const char* bytes, int64_t size) noexcept {
  if (size == 0) return;  // a buffer that has not been written to yet has no memory
  std::memcpy(out_reserve(out, size), bytes, static_cast<size_t>(size));
  out->size += size;
}

/// Some bytes, then a value's text as it stands in a record, which is followed by other readable bytes. Most are short.
MR_HOT void mr_out_token(OutputBuffer* out, const char* before, int64_t before_size, const char* token, int64_t size) noexcept {
  constexpr int64_t kShort = 32;
  char* p = out_reserve(out, before_size + size + kShort);
  std::memcpy(p, before, static_cast<size_t>(before_size));
  p += before_size;
  std::memcpy(p, token, kShort);
  if (__builtin_expect(size > kShort, 0)) std::memcpy(p + kShort, token + kShort, static_cast<size_t>(size - kShort));
  out->size += before_size + size;
}

// Text as CAST AS STRING gives it: cells of a table, fields of csv.

MR_HOT void mr_out_text_int(OutputBuffer* out, int64_t value) noexcept {
  out_commit(out, write_int(out_reserve(out, kIntTextMax), value));
}

MR_HOT void mr_out_text_double(OutputBuffer* out, double value) noexcept {
  out->size += mr_write_double(value, out_reserve(out, kDoubleTextMax));
}

MR_HOT void mr_out_text_float(OutputBuffer* out, double value) noexcept {
  out->size += mr_write_float(value, out_reserve(out, kDoubleTextMax));
}

/// A DECIMAL with all digits of its scale: also for json and csv.
MR_HOT void mr_out_text_decimal(OutputBuffer* out, const Decimal* value, int64_t scale) noexcept {
  out->size += mr_write_decimal(value, scale, out_reserve(out, kDecimalTextMax));
}

/// `INTERVAL '1-2' YEAR TO MONTH`, of the fields from `first` to `last`.
MR_HOT void mr_out_text_months(OutputBuffer* out, int64_t months, int64_t first, int64_t last) noexcept {
  out->size += mr_write_months(months, first, last, out_reserve(out, kIntervalTextMax));
}
MR_HOT void mr_out_text_micros(OutputBuffer* out, int64_t micros, int64_t first, int64_t last) noexcept {
  out->size += mr_write_micros(micros, first, last, out_reserve(out, kIntervalTextMax));
}

MR_HOT void mr_out_text_bool(OutputBuffer* out, bool value) noexcept {
  mr_out_bytes(out, value ? "true" : "false", value ? 4 : 5);
}

MR_HOT void mr_out_text_string(OutputBuffer* out, const StringRef* value) noexcept {
  mr_out_bytes(out, value->data, value->size);
}

MR_HOT void mr_out_text_date(OutputBuffer* out, int64_t days) noexcept {
  out_commit(out, write_date(out_reserve(out, kTimeTextMax), days));
}

/// In the session's time zone.
MR_HOT void mr_out_text_timestamp(PipelineContext* ctx, OutputBuffer* out, int64_t micros) noexcept {
  out_commit(out, write_timestamp(out_reserve(out, kTimeTextMax), local_from_utc(ctx->time_zone, micros)));
}

// Values of json.

MR_HOT void mr_out_json_null(OutputBuffer* out) noexcept { mr_out_bytes(out, "null", 4); }

MR_HOT void mr_out_json_int(OutputBuffer* out, int64_t value) noexcept { mr_out_text_int(out, value); }

MR_HOT void mr_out_json_bool(OutputBuffer* out, bool value) noexcept { mr_out_text_bool(out, value); }

/// NaN and the infinities, which JSON has no numbers for, as strings.
inline void out_json_floating(OutputBuffer* out, double value, bool single) {
  const bool quoted = !(__builtin_fabs(value) <= __DBL_MAX__);
  char* const begin = out_reserve(out, kDoubleTextMax + 2);
  char* p = begin;
  if (quoted) *p++ = '"';
  p += single ? mr_write_float(value, p) : mr_write_double(value, p);
  if (quoted) *p++ = '"';
  out_commit(out, p);
}

MR_HOT void mr_out_json_double(OutputBuffer* out, double value) noexcept { out_json_floating(out, value, false); }

MR_HOT void mr_out_json_float(OutputBuffer* out, double value) noexcept { out_json_floating(out, value, true); }

/// Whether JSON writes the string as it is, being ASCII: what is not has to be looked at, since all that it may be is not UTF-8. Looks at its bytes only.
inline bool is_plain_json_string(const char* bytes, int64_t size) {
  for (; size >= 8; bytes += 8, size -= 8) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    constexpr uint64_t kOnes = 0x0101010101010101;
    constexpr uint64_t kTops = 0x8080808080808080;
    const uint64_t quote = word ^ (kOnes * '"');
    const uint64_t backslash = word ^ (kOnes * '\\');
    // A byte whose subtraction borrows while its top bit was clear is below what is taken off (zero, or a control character).
    const uint64_t hits = ((word - kOnes * 0x20) & ~word) | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash);
    if ((hits | word) & kTops) return false;
  }
  for (int64_t i = 0; i < size; ++i) {
    if (bytes[i] == '"' || bytes[i] == '\\' || static_cast<signed char>(bytes[i]) < 0x20) return false;
  }
  return true;
}

MR_HOT void mr_out_json_string(OutputBuffer* out, const StringRef* value) noexcept {
  if (__builtin_expect(!is_plain_json_string(value->data, value->size), 0)) return mr_out_json_escaped(out, value);
  char* p = out_reserve(out, value->size + 2);
  *p++ = '"';
  std::memcpy(p, value->data, static_cast<size_t>(value->size));
  p[value->size] = '"';
  out->size += value->size + 2;
}

MR_HOT void mr_out_json_date(OutputBuffer* out, int64_t days) noexcept {
  char* p = out_reserve(out, kTimeTextMax + 2);
  *p++ = '"';
  p = write_date(p, days);
  *p++ = '"';
  out_commit(out, p);
}

MR_HOT void mr_out_json_timestamp(PipelineContext* ctx, OutputBuffer* out, int64_t micros) noexcept {
  char* p = out_reserve(out, kTimeTextMax + 2);
  *p++ = '"';
  p = write_timestamp(p, local_from_utc(ctx->time_zone, micros));
  *p++ = '"';
  out_commit(out, p);
}

// Fields of csv: NULL appends nothing; an empty string is `""`.

inline bool needs_csv_quotes(const char* bytes, int64_t size) {
  if (size == 0 || bytes[0] == ' ' || bytes[size - 1] == ' ') return true;
  for (int64_t i = 0; i < size; ++i) {
    const char c = bytes[i];
    if (c == ',' || c == '"' || c == '\n' || c == '\r') return true;
  }
  return false;
}

MR_HOT void mr_out_csv_string(OutputBuffer* out, const StringRef* value) noexcept {
  if (needs_csv_quotes(value->data, value->size)) return mr_out_csv_quoted(out, value);
  mr_out_bytes(out, value->data, value->size);
}

MR_HOT void mr_out_csv_int(OutputBuffer* out, int64_t value) noexcept { mr_out_text_int(out, value); }
MR_HOT void mr_out_csv_double(OutputBuffer* out, double value) noexcept { mr_out_text_double(out, value); }
MR_HOT void mr_out_csv_float(OutputBuffer* out, double value) noexcept { mr_out_text_float(out, value); }
MR_HOT void mr_out_csv_bool(OutputBuffer* out, bool value) noexcept { mr_out_text_bool(out, value); }
MR_HOT void mr_out_csv_date(OutputBuffer* out, int64_t days) noexcept { mr_out_text_date(out, days); }
MR_HOT void mr_out_csv_timestamp(PipelineContext* ctx, OutputBuffer* out, int64_t micros) noexcept {
  mr_out_text_timestamp(ctx, out, micros);
}
MR_HOT void mr_out_csv_binary(OutputBuffer* out, const StringRef* value) noexcept { mr_out_base64(out, value); }

// Cells of a table.

MR_HOT void mr_out_cell_null(OutputBuffer* out) noexcept {
  std::memcpy(out_reserve(out, sizeof kNullCell), &kNullCell, sizeof kNullCell);
  out->size += static_cast<int64_t>(sizeof kNullCell);
}

/// Begins a cell that is composed by further appends; the result is for mr_out_cell_end.
MR_HOT int64_t mr_out_cell_begin(OutputBuffer* out) noexcept {
  const int64_t at = out->size;
  mr_out_cell_null(out);
  return at;
}

MR_HOT void mr_out_cell_end(OutputBuffer* out, int64_t begin) noexcept {
  const auto size = static_cast<uint32_t>(out->size - begin - static_cast<int64_t>(sizeof kNullCell));
  std::memcpy(out->data + begin, &size, sizeof size);
}

}  // namespace millrace::abi

#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/decimal.h"
#include "runtime/abi/json_scan.h"
#include "runtime/abi/line_block.h"
#include "runtime/abi/scan_spec.h"

/// Finding fields in lines and reading their values: what generated code calls when the straight path of
/// runtime/hot/json.h does not apply. Bodies in runtime/formats.
namespace millrace::abi {

struct CsvScan;  ///< runtime/formats/csv_locate.h: which columns of a csv line are wanted

extern "C" {

/// Notes that row `row` of the block in hand is an error row whose line is to be kept.
void mr_note_bad_row(PipelineContext* ctx, int64_t row) noexcept;
/// The same of a row that is late.
void mr_note_late_row(PipelineContext* ctx, int64_t row) noexcept;

/// Finds the fields of row `row` whatever its shape: any key order, escapes in keys, nested values. Writes one place a field
/// of the ScanSpec into `fields`. Learns the row's shape when the straight path would have served it. Returns the row's word as JsonScan::known has
/// it, 0 when the line is not one JSON object as far as braces and strings go (or, if strict, at all).
uint64_t mr_json_locate(PipelineContext* ctx, JsonScan* scan, const LineBlock* block, int64_t row, JsonField* fields) noexcept;

/// Compares the unmarked rows of [from, to) with the record that is expected, and notes in `scan` which of them fit and where their
/// fields are. One call before a pipeline goes through the rows.
void mr_json_place_rows(JsonScan* scan, const LineBlock* block, int64_t from, int64_t to) noexcept;

/// Finds the late fields of a row whose word has kTailPending, into `fields`, which mr_json_place_rows has begun. False when the row turns
/// out not to be as expected: it is for mr_json_locate then.
bool mr_json_place_late(JsonScan* scan, const LineBlock* block, int64_t row, JsonField* fields) noexcept;

/// Sees to it that the fields of every row of the block are found, for all pipelines that share the scan: the first one's call does it. A row's
/// word of `known` has kRowPlaced when they are.
void mr_json_place_shared(JsonScan* scan, const LineBlock* block) noexcept;

/// Of a row whose word has no kRowPlaced: whether it is an error row for none of the `wanted` fields, bits by field.
bool mr_json_shared_row_is_good(JsonScan* scan, const LineBlock* block, int64_t row, uint64_t wanted) noexcept;

/// Splits a csv line; writes one StringRef a field (unquoted into scratch where need be). Missing trailing fields are NULL.
/// Returns false for a malformed line (an open quote).
bool mr_csv_locate(PipelineContext* ctx, CsvScan* scan, const LineBlock* block, int64_t row, StringRef* fields) noexcept;

/// Reading a json value of any spelling; parameters and results as in runtime/hot/json.h. These define what is right: the
/// value must be one valid token (or a balanced object or array) followed, after blanks, by a comma or the line's last
/// brace, else kReadError; a valid value of another type is kReadNull.
int32_t mr_json_read_int_slow(const char* p, const char* end, int64_t min, int64_t max, int64_t* out) noexcept;
int32_t mr_json_read_double_slow(const char* p, const char* end, double* out) noexcept;
int32_t mr_json_read_bool_slow(const char* p, const char* end, bool* out) noexcept;
int32_t mr_json_read_string_slow(PipelineContext* ctx, const char* p, const char* end, StringRef* out) noexcept;
int32_t mr_json_check_string_slow(const char* p, const char* end) noexcept;

/// A string `yyyy-MM-dd`; days since 1970-01-01.
int32_t mr_json_read_date(const char* p, const char* end, int64_t* out) noexcept;
int32_t mr_json_check_date(const char* p, const char* end) noexcept;

/// A string `yyyy-MM-dd[(T| )HH:mm[:ss[.fraction]][zone]]` (zone: `Z`, `+hh:mm`, `+hhmm`, `+hh`; without one, the session's), or
/// integer seconds; microseconds since the epoch. Digits of the fraction beyond the sixth are cut off.
int32_t mr_json_read_timestamp(PipelineContext* ctx, const char* p, const char* end, int64_t* out) noexcept;
int32_t mr_json_check_timestamp(const char* p, const char* end) noexcept;

/// A string in base64; its bytes, in scratch.
int32_t mr_json_read_binary(PipelineContext* ctx, const char* p, const char* end, StringRef* out) noexcept;
int32_t mr_json_check_binary(const char* p, const char* end) noexcept;

/// A number, or a string that is one; rounded half up, NULL with more digits than the precision.
int32_t mr_json_read_decimal(const char* p, const char* end, int64_t precision, int64_t scale, Decimal* out) noexcept;
/// A string such as `1 02:03:04`, or the whole literal, of the INTERVAL type of which `code` is the type code.
int32_t mr_json_read_interval(const char* p, const char* end, const char* code, int64_t* out) noexcept;

/// As runtime/hot/csv.h has them.
int32_t mr_csv_read_decimal(const StringRef* field, int64_t precision, int64_t scale, Decimal* out) noexcept;
int32_t mr_csv_read_interval(const StringRef* field, const char* code, int64_t* out) noexcept;
int32_t mr_csv_read_int_slow(const StringRef* field, int64_t min, int64_t max, int64_t* out) noexcept;
int32_t mr_csv_read_date(const StringRef* field, int64_t* out) noexcept;
int32_t mr_csv_read_timestamp(PipelineContext* ctx, const StringRef* field, int64_t* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi

#include "runtime/formats/csv_locate.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "runtime/abi/calls/state.h"
#include "runtime/formats/csv_record.h"
#include "runtime/formats/iso_time.h"
#include "runtime/formats/readable_copy.h"
#include "runtime/functions/decimal_text.h"
#include "runtime/functions/interval_value.h"

namespace millrace::abi {

/// The wanted fields in the order of the file's columns, so that one walk over a record serves them all.
struct CsvScan {
  struct Wanted {
    int32_t column;
    int32_t field;
  };
  millrace::CsvDialect dialect;
  std::string null_value;
  std::vector<Wanted> wanted;
};

namespace {

/// Spark's rules: an unquoted empty field is NULL, a quoted one is the empty string; null_value is NULL either way.
StringRef field_text(PipelineContext* ctx, const CsvScan& scan, const CsvField& field) {
  std::string_view text = field.raw;
  if (field.escaped || !field.tail.empty()) {
    char* bytes = readable_scratch(ctx, static_cast<int64_t>(field.raw.size() + field.tail.size()));
    text = {bytes, static_cast<size_t>(unquote_csv_field(field, scan.dialect, bytes) - bytes)};
  }
  if (text.empty() && !field.quoted) return {};
  if (!scan.null_value.empty() && text == scan.null_value) return {};
  return {text.data(), static_cast<int64_t>(text.size())};
}

bool locate_fields(PipelineContext* ctx, const CsvScan& scan, std::string_view record, StringRef* fields) {
  const char* p = record.data();
  const char* end = p + record.size();
  size_t next = 0;
  for (int32_t column = 0; next < scan.wanted.size(); ++column) {
    const CsvField field = scan_csv_field(p, end, scan.dialect);
    if (field.next == nullptr) return false;
    for (; next < scan.wanted.size() && scan.wanted[next].column == column; ++next) {
      fields[scan.wanted[next].field] = field_text(ctx, scan, field);
    }
    if (field.next == end) break;
    p = field.next + 1;
  }
  return true;
}

}  // namespace

extern "C" {

bool mr_csv_locate(PipelineContext* ctx, CsvScan* scan, const LineBlock* block, int64_t row, StringRef* fields) noexcept {
  std::fill_n(fields, scan->wanted.size(), StringRef{});
  if (block->row_flags[row] & (kRowTooLong | kRowOpenString)) return false;
  return locate_fields(ctx, *scan, {block->base + block->row_begin[row], block->row_end[row] - block->row_begin[row]}, fields);
}

int32_t mr_csv_read_int_slow(const StringRef* field, int64_t min, int64_t max, int64_t* out) noexcept {
  const char* p = field->data;
  const char* end = p + field->size;
  if (p != end && *p == '+' && p + 1 != end && p[1] != '-') ++p;
  int64_t value = 0;
  const auto [last, error] = std::from_chars(p, end, value);
  if (error != std::errc{} || last != end || value < min || value > max) return kReadNull;
  *out = value;
  return kReadValue;
}

int32_t mr_csv_read_date(const StringRef* field, int64_t* out) noexcept {
  if (field->data == nullptr) return kReadNull;
  return parse_iso_date({field->data, static_cast<size_t>(field->size)}, out) ? kReadValue : kReadNull;
}

int32_t mr_csv_read_decimal(const StringRef* field, int64_t precision, int64_t scale, Decimal* out) noexcept {
  if (field->data == nullptr) return kReadNull;
  return parse_decimal({field->data, static_cast<size_t>(field->size)}, precision, scale, out) ? kReadValue : kReadNull;
}

int32_t mr_csv_read_interval(const StringRef* field, const char* code, int64_t* out) noexcept {
  return field->data != nullptr && interval_from_text(*field, code, out) ? kReadValue : kReadNull;
}

int32_t mr_csv_read_timestamp(PipelineContext* ctx, const StringRef* field, int64_t* out) noexcept {
  if (field->data == nullptr) return kReadNull;
  const std::string_view text(field->data, static_cast<size_t>(field->size));
  return parse_iso_timestamp(text, ctx->time_zone, out) ? kReadValue : kReadNull;
}

}  // extern "C"

}  // namespace millrace::abi

namespace millrace {

abi::CsvScan* csv_scan_create(const abi::ScanSpec& spec) {
  auto* scan = new abi::CsvScan{{spec.delimiter, spec.quote, spec.escape}, spec.null_value, {}};
  for (size_t f = 0; f < spec.fields.size(); ++f) {
    scan->wanted.push_back({spec.fields[f].ordinal, static_cast<int32_t>(f)});
  }
  std::sort(scan->wanted.begin(), scan->wanted.end(), [](const auto& a, const auto& b) { return a.column < b.column; });
  return scan;
}

void csv_scan_destroy(abi::CsvScan* scan) { delete scan; }

}  // namespace millrace

#include <cstring>
#include <type_traits>

#include "runtime/abi/calls/csv_text.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/type_code.h"
#include "runtime/formats/csv_record.h"
#include "runtime/formats/readable_copy.h"
#include "runtime/functions/elements.h"
#include "runtime/functions/nested_builder.h"
#include "runtime/hot/csv.h"

namespace millrace::abi {
namespace {

/// Of a field without a character nullptr, which is NULL.
StringRef text_of(PipelineContext* ctx, const CsvField& field, const CsvDialect& dialect) {
  const auto size = static_cast<int64_t>(field.raw.size() + field.tail.size());
  if (!field.quoted) return {size == 0 ? nullptr : field.raw.data(), size};
  char* bytes = readable_scratch(ctx, size);
  const char* end = unquote_csv_field(field, dialect, bytes);
  return {bytes, end - bytes};
}

/// Adds the field as a value of the type.
class FieldReader {
 public:
  FieldReader(PipelineContext* ctx, NestedBuilder& to) : ctx_(ctx), to_(to) {}

  void add(const StringRef& field, const char* code) {
    const TypeCode type = type_of(code);
    const IntegerBounds bounds = bounds_of(type);
    const auto whole = [&](auto read) { number<int64_t>([&](int64_t* out) { return read(out) == kReadValue; }); };
    switch (type) {
      case TypeCode::TinyInt:
      case TypeCode::SmallInt:
      case TypeCode::Int:
      case TypeCode::BigInt: return whole([&](int64_t* out) { return mr_csv_read_int(&field, bounds.min, bounds.max, out); });
      case TypeCode::Date: return whole([&](int64_t* out) { return mr_csv_read_date(&field, out); });
      case TypeCode::Timestamp: return whole([&](int64_t* out) { return mr_csv_read_timestamp(ctx_, &field, out); });
      case TypeCode::IntervalYearMonth:
      case TypeCode::IntervalDayTime: return whole([&](int64_t* out) { return mr_csv_read_interval(&field, code, out); });
      case TypeCode::Float: return number<double>([&](double* out) { return mr_csv_read_float(&field, out) == kReadValue; });
      case TypeCode::Double: return number<double>([&](double* out) { return mr_csv_read_double(&field, out) == kReadValue; });
      case TypeCode::Boolean: return number<bool>([&](bool* out) { return mr_csv_read_bool(&field, out) == kReadValue; });
      case TypeCode::Decimal: return decimal(field, code);
      default: return field.data == nullptr ? to_.add_null() : to_.add_bytes(field);
    }
  }

 private:
  template <class T, class Read>
  void number(Read read) {
    T value{};
    if (!read(&value)) return to_.add_null();
    if constexpr (std::is_same_v<T, double>) to_.add_double(value);
    else to_.add_int(static_cast<int64_t>(value));
  }

  void decimal(const StringRef& field, const char* code) {
    Decimal value;
    if (mr_csv_read_decimal(&field, precision_of(code), scale_of(code), &value) == kReadValue) to_.add_decimal(value);
    else to_.add_null();
  }

  PipelineContext* ctx_;
  NestedBuilder& to_;
};

}  // namespace

extern "C" {

bool mr_from_csv(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null() || call.text(1).size != 1) return false;
  const CsvDialect dialect{.delimiter = *call.text(1).data};
  const char* code = call.code(count);
  const StringRef record = readable_copy(ctx, call.text(0));
  const char* end = record.data + record.size;
  NestedBuilder fields(ctx);
  FieldReader reader(ctx, fields);
  const char* p = record.data;  // nullptr behind the last field
  const char* field_type = first_field(code);
  for (uint32_t i = 0; i < struct_field_count(code); ++i, field_type = next_field(field_type)) {
    const CsvField field = p ? scan_csv_field(p, end, dialect) : CsvField{};
    p = field.next && field.next != end && *field.next == dialect.delimiter ? field.next + 1 : nullptr;
    if (field.next) reader.add(text_of(ctx, field, dialect), field_code(field_type));
    else fields.add_null();
  }
  StringRef run;
  if (!fields.finish(&run)) return false;
  *out = {NestedItem::Kind::Run, run.size, run.data};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi

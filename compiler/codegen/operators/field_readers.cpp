#include "compiler/codegen/operators/field_readers.h"

#include "compiler/codegen/nested_access.h"
#include "runtime/abi/calls/json.h"
#include "runtime/hot/csv.h"
#include "runtime/hot/json.h"

namespace millrace {

using abi::FieldType;
using ir::Bool;
using ir::Bytes;
using ir::Int;
using ir::Int32;
using ir::Pointer;

namespace {

bool is_text(FieldType type) { return type == FieldType::String || type == FieldType::Binary; }

bool is_integer(FieldType type) {
  return type == FieldType::TinyInt || type == FieldType::SmallInt || type == FieldType::Int || type == FieldType::BigInt;
}

IntegerRange range_of(FieldType type) {
  switch (type) {
    case FieldType::TinyInt: return integer_range(TypeKind::TinyInt);
    case FieldType::SmallInt: return integer_range(TypeKind::SmallInt);
    case FieldType::Int: return integer_range(TypeKind::Int);
    default: return integer_range(TypeKind::BigInt);
  }
}

}  // namespace

Bool FieldReader::null_of(Int32 status) {
  e.unlikely_leave_if(e.eq(status, e.int32(abi::kReadError)), error_);
  return e.ne(status, e.int32(abi::kReadValue));
}

Bool FieldReader::is_readable_as_known(const FieldText& field) {
  return type_ == FieldType::String || type_ == FieldType::Double || is_integer(type_) ? field.known : Bool();
}

Bytes FieldReader::text_of(const FieldText& field) {
  return e.select(field.missing, e.null<const char>(), field.data);
}

SqlValue FieldReader::read_known(const FieldText& field) {
  if (is_text(type_)) return SqlValue::of(sql_type(), e.byte_at(field.data, e.int_(1)), e.sub(field.size, e.int_(2)));
  if (field.parsed) {
    const Int value = field.parsed();
    return type_ == FieldType::Double ? SqlValue::of(sql_type(), e.as_real(value)) : SqlValue::of(sql_type(), value);
  }
  if (type_ == FieldType::Double) return SqlValue::of(sql_type(), e.call<&abi::mr_json_known_double>(field.data, field.size));
  return SqlValue::of(sql_type(), e.call<&abi::mr_json_digits>(field.data, field.size));
}

SqlValue FieldReader::read(const FieldText& field) {
  if (sql_type_.is_nested()) return read_nested(field);
  Bool known = is_readable_as_known(field);
  if (!known) return read_unknown(field);
  SqlValue v = sql::choose(e, known, [&] { return read_known(field); }, [&] { return read_unknown(field); });
  // A double's text is mostly not what it is written as: `1.50`, `12345678.9`.
  if (type_ != FieldType::Double) v.set_token(field.data, field.size, known);
  return v;
}

SqlValue FieldReader::read_unknown(const FieldText& field) {
  SqlType type = sql_type();
  if (format_ == abi::Format::Text) return SqlValue::of(type, field.data, field.size, e.is_null(field.data));
  auto status_into = [&](llvm::Value* out) {
    return format_ == abi::Format::Json ? read_json(text_of(field), line_end_(), out) : read_csv(field, out);
  };
  if (is_text(type_)) {
    auto out = e.slot<abi::StringRef>("text");
    Bool null = null_of(status_into(out.address));
    return sql::from_string_ref(e, type, out.pointer(), null);
  }
  SqlValue v;
  v.type = type;
  auto scalar = [&](auto out) {
    v.null = null_of(status_into(out.address));
    v.raw = e.get(out).raw;
  };
  if (type.is(TypeKind::Decimal)) scalar(e.slot<abi::Decimal>("decimal"));
  else if (type.is_floating()) scalar(e.slot<double>("number"));
  else if (type_ == FieldType::Boolean) scalar(e.slot<bool>("truth"));
  else scalar(e.slot<int64_t>("number"));
  return v;
}

/// A run, of a STRUCT taken apart into its fields.
SqlValue FieldReader::read_nested(const FieldText& field) {
  auto out = e.slot<abi::StringRef>("run");
  Bool null = null_of(e.call<&abi::mr_json_read_nested>(context_, text_of(field), line_end_(), sql::code_of(e, sql_type_), out.pointer()));
  return sql::from_run_ref(e, sql_type_, out.pointer(), null);
}

Bool FieldReader::is_null(const FieldText& field, bool nan_too) {
  if (format_ == abi::Format::Text) return e.is_null(field.data);
  if (sql_type_.is_nested()) return sql::is_null(e, read(field));
  // A NaN is a string in json, so that a double in its usual spelling is none.
  if (format_ == abi::Format::Json && (!nan_too || type_ == FieldType::Double)) {
    auto status = [&] {
      return nan_too ? e.call<&abi::mr_json_check_ordered_double>(text_of(field), line_end_()) : check_json(text_of(field), line_end_());
    };
    auto check = [&] { return SqlValue::of(null_of(status())); };
    if (!field.known) return check().boolean();
    return sql::choose(e, field.known, [&] { return SqlValue::of(e.bool_(false)); }, check).boolean();
  }
  return nan_too ? sql::is_null_or_nan(e, read(field)) : sql::is_null(e, read(field));
}

Int32 FieldReader::read_json(Bytes p, Bytes end, llvm::Value* out) {
  IntegerRange range = range_of(type_);
  switch (type_) {
    case FieldType::Boolean: return e.call<&abi::mr_json_read_bool>(p, end, Pointer<bool>(out));
    case FieldType::Float: return e.call<&abi::mr_json_read_float>(p, end, Pointer<double>(out));
    case FieldType::Double: return e.call<&abi::mr_json_read_double>(p, end, Pointer<double>(out));
    case FieldType::String: return e.call_outlined<&abi::mr_json_read_string>(context_, p, end, Pointer<abi::StringRef>(out));
    case FieldType::Binary: return e.call<&abi::mr_json_read_binary>(context_, p, end, Pointer<abi::StringRef>(out));
    case FieldType::Date: return e.call<&abi::mr_json_read_date>(p, end, Pointer<int64_t>(out));
    case FieldType::Timestamp: return e.call<&abi::mr_json_read_timestamp>(context_, p, end, Pointer<int64_t>(out));
    case FieldType::Decimal:
      return e.call<&abi::mr_json_read_decimal>(p, end, e.int_(sql_type_.precision), e.int_(sql_type_.scale), Pointer<abi::Decimal>(out));
    case FieldType::Interval: return e.call<&abi::mr_json_read_interval>(p, end, sql::code_of(e, sql_type_), Pointer<int64_t>(out));
    default:
      return e.call_outlined<&abi::mr_json_read_int>(p, end, e.int_(range.min), e.int_(range.max), Pointer<int64_t>(out));
  }
}

Int32 FieldReader::check_json(Bytes p, Bytes end) {
  IntegerRange range = range_of(type_);
  switch (type_) {
    case FieldType::Boolean: return e.call<&abi::mr_json_check_bool>(p, end);
    case FieldType::Float: return e.call<&abi::mr_json_check_float>(p, end);
    case FieldType::Double: return e.call<&abi::mr_json_check_double>(p, end);
    case FieldType::String: return e.call_outlined<&abi::mr_json_check_string>(p, end);
    case FieldType::Binary: return e.call<&abi::mr_json_check_binary>(p, end);
    case FieldType::Date: return e.call<&abi::mr_json_check_date>(p, end);
    case FieldType::Timestamp: return e.call<&abi::mr_json_check_timestamp>(p, end);
    case FieldType::Decimal: return read_json(p, end, e.slot<abi::Decimal>("ignored").address);
    case FieldType::Interval: return read_json(p, end, e.slot<int64_t>("ignored").address);
    default: return e.call_outlined<&abi::mr_json_check_int>(p, end, e.int_(range.min), e.int_(range.max));
  }
}

Int32 FieldReader::read_csv(const FieldText& field, llvm::Value* out) {
  auto text = e.slot<abi::StringRef>("field");
  e.store<&abi::StringRef::data>(text.pointer(), field.data);
  e.store<&abi::StringRef::size>(text.pointer(), field.size);
  Pointer<const abi::StringRef> s = text.pointer();
  IntegerRange range = range_of(type_);
  switch (type_) {
    case FieldType::Boolean: return e.call<&abi::mr_csv_read_bool>(s, Pointer<bool>(out));
    case FieldType::Float: return e.call<&abi::mr_csv_read_float>(s, Pointer<double>(out));
    case FieldType::Double: return e.call<&abi::mr_csv_read_double>(s, Pointer<double>(out));
    case FieldType::String: return e.call<&abi::mr_csv_read_string>(s, Pointer<abi::StringRef>(out));
    case FieldType::Binary: return e.call<&abi::mr_csv_read_string>(s, Pointer<abi::StringRef>(out));
    case FieldType::Date: return e.call<&abi::mr_csv_read_date>(s, Pointer<int64_t>(out));
    case FieldType::Timestamp: return e.call<&abi::mr_csv_read_timestamp>(context_, s, Pointer<int64_t>(out));
    case FieldType::Decimal:
      return e.call<&abi::mr_csv_read_decimal>(s, e.int_(sql_type_.precision), e.int_(sql_type_.scale), Pointer<abi::Decimal>(out));
    case FieldType::Interval: return e.call<&abi::mr_csv_read_interval>(s, sql::code_of(e, sql_type_), Pointer<int64_t>(out));
    default: return e.call<&abi::mr_csv_read_int>(s, e.int_(range.min), e.int_(range.max), Pointer<int64_t>(out));
  }
}

}  // namespace millrace

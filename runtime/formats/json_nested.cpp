#include "runtime/formats/json_nested.h"

#include <cstring>

#include "runtime/abi/type_code.h"
#include "runtime/formats/json_scalar.h"
#include "runtime/formats/json_token.h"
#include "runtime/functions/nested_builder.h"

namespace millrace {
namespace {

using abi::IntegerBounds;
using abi::NestedItem;
using abi::PipelineContext;
using abi::StringRef;
using abi::TypeCode;

/// Reads one value after another. Recursion is as deep as the type, which the compiler bounds, whatever the text.
class NestedReader {
 public:
  NestedReader(PipelineContext* context, const char* p, const char* end) : context_(context), p_(p), end_(end) {}

  const char* position() const { return p_; }

  JsonOutcome run(const char* code, StringRef* out) {
    p_ = skip_json_blanks(p_, end_);
    if (p_ == end_) return JsonOutcome::Malformed;
    const TypeCode type = abi::type_of(code);
    if (*p_ == '[' && type == TypeCode::Array) return array(abi::element_code(code), out);
    if (*p_ == '{' && type == TypeCode::Map) return map(code, out);
    if (*p_ == '{' && type == TypeCode::Struct) return structure(code, out);
    const JsonToken token = scan_json_value(p_, end_, &p_);
    if (token.kind == JsonKind::Malformed) return JsonOutcome::Malformed;
    return token.kind == JsonKind::Null ? JsonOutcome::Null : JsonOutcome::WrongType;
  }

 private:
  /// The next value as the builder's next element; adds nothing unless it is a Value or Null.
  JsonOutcome element(NestedBuilder& into, const char* code) {
    const TypeCode type = abi::type_of(code);
    if (abi::is_nested(type)) {
      StringRef run_of_value;
      const JsonOutcome outcome = run(code, &run_of_value);
      if (outcome == JsonOutcome::Value) into.add_run(run_of_value);
      if (outcome == JsonOutcome::Null) into.add_null();
      return outcome;
    }
    const JsonToken token = scan_json_value(p_, end_, &p_);
    if (token.kind == JsonKind::Malformed) return JsonOutcome::Malformed;
    if (token.kind != JsonKind::Null) return scalar(into, token, code) ? JsonOutcome::Value : JsonOutcome::WrongType;
    into.add_null();
    return JsonOutcome::Null;
  }

  bool scalar(NestedBuilder& into, const JsonToken& token, const char* code) {
    const TypeCode type = abi::type_of(code);
    const auto integer_if = [&](auto read) {
      int64_t value = 0;
      const bool fits = read(&value);
      if (fits) into.add_int(value);
      return fits;
    };
    const auto number_if = [&](bool (*read)(const JsonToken&, double*)) {
      double value = 0;
      const bool fits = read(token, &value);
      if (fits) into.add_double(value);
      return fits;
    };
    switch (type) {
      case TypeCode::TinyInt:
      case TypeCode::SmallInt:
      case TypeCode::Int:
      case TypeCode::BigInt: {
        const IntegerBounds bounds = bounds_of(type);
        return integer_if([&](int64_t* value) { return json_integer(token, bounds.min, bounds.max, value); });
      }
      case TypeCode::Boolean: return truth_if(into, token);
      case TypeCode::Float: return number_if(json_float);
      case TypeCode::Double: return number_if(json_double);
      case TypeCode::Date: return integer_if([&](int64_t* value) { return json_date(token, value); });
      case TypeCode::Timestamp:
        return integer_if([&](int64_t* value) { return json_timestamp(token, context_->time_zone, value); });
      case TypeCode::String: into.add_bytes(json_text(context_, token)); return true;
      case TypeCode::Binary: return binary_if(into, token);
      case TypeCode::Decimal: return decimal_if(into, token, code);
      case TypeCode::IntervalYearMonth:
      case TypeCode::IntervalDayTime: return integer_if([&](int64_t* value) { return json_interval(token, code, value); });
      default: return false;
    }
  }

  static bool truth_if(NestedBuilder& into, const JsonToken& token) {
    bool value = false;
    if (!json_boolean(token, &value)) return false;
    into.add_int(value ? 1 : 0);
    return true;
  }

  bool decimal_if(NestedBuilder& into, const JsonToken& token, const char* code) {
    abi::Decimal value;
    if (!json_decimal(token, abi::precision_of(code), abi::scale_of(code), &value)) return false;
    into.add_decimal(value);
    return true;
  }

  bool binary_if(NestedBuilder& into, const JsonToken& token) {
    StringRef value;
    if (!json_binary(context_, token, &value)) return false;
    into.add_bytes(value);
    return true;
  }

  /// After an element: whether another follows. Malformed texts clear `*whole`.
  bool another(char close, bool* whole) {
    p_ = skip_json_blanks(p_, end_);
    if (p_ < end_ && *p_ == ',') {
      ++p_;
      return true;
    }
    *whole = p_ < end_ && *p_ == close;
    if (*whole) ++p_;
    return false;
  }

  /// At an opening bracket: passes it, and the closing one when nothing lies between.
  bool is_empty(char close) {
    p_ = skip_json_blanks(p_ + 1, end_);
    if (p_ == end_ || *p_ != close) return false;
    ++p_;
    return true;
  }

  JsonOutcome array(const char* code, StringRef* out) {
    NestedBuilder elements(context_);
    bool whole = true;
    bool fits = true;
    bool more = !is_empty(']');
    while (more) {
      const JsonOutcome outcome = element(elements, code);
      if (outcome == JsonOutcome::Malformed) return outcome;
      fits = fits && outcome != JsonOutcome::WrongType;
      more = another(']', &whole);
    }
    if (!whole) return JsonOutcome::Malformed;
    return fits && elements.finish(out) ? JsonOutcome::Value : JsonOutcome::WrongType;
  }

  /// A key and its colon.
  bool key(StringRef* out) {
    p_ = skip_json_blanks(p_, end_);
    if (p_ == end_ || *p_ != '"') return false;
    const JsonToken token = scan_json_value(p_, end_, &p_);
    if (token.kind != JsonKind::String) return false;
    *out = json_text(context_, token);
    p_ = skip_json_blanks(p_, end_);
    if (p_ == end_ || *p_ != ':') return false;
    ++p_;
    return true;
  }

  JsonOutcome map(const char* code, StringRef* out) {
    NestedBuilder entries(context_);
    bool whole = true;
    bool fits = abi::type_of(abi::element_code(code)) == TypeCode::String;
    bool more = !is_empty('}');
    while (more) {
      StringRef name;
      if (!key(&name)) return JsonOutcome::Malformed;
      entries.add_bytes(name);
      const JsonOutcome outcome = element(entries, abi::map_value_code(code));
      if (outcome == JsonOutcome::Malformed) return outcome;
      if (outcome == JsonOutcome::WrongType) fits = false;
      more = fits ? another('}', &whole) : skip_rest(&whole);
    }
    if (!whole) return JsonOutcome::Malformed;
    const NestedItem* items = entries.count() == 0 ? nullptr : &entries.item(0);
    return fits && abi::mr_map_make(context_, items, entries.count() / 2, out) ? JsonOutcome::Value : JsonOutcome::WrongType;
  }

  /// The rest of an object whose value is of no use any more.
  bool skip_rest(bool* whole) {
    StringRef name;
    while (another('}', whole)) {
      *whole = key(&name) && scan_json_value(p_, end_, &p_).kind != JsonKind::Malformed;
      if (!*whole) return false;
    }
    return false;
  }

  /// Fields as they come; then in the order of the type.
  JsonOutcome structure(const char* code, StringRef* out) {
    const uint32_t count = abi::struct_field_count(code);
    NestedBuilder fields(context_);
    for (uint32_t i = 0; i < count; ++i) fields.add_null();
    bool whole = true;
    uint32_t expected = 0;
    bool more = !is_empty('}');
    while (more) {
      StringRef name;
      if (!key(&name)) return JsonOutcome::Malformed;
      if (!field(fields, code, name, &expected)) return JsonOutcome::Malformed;
      more = another('}', &whole);
    }
    if (!whole) return JsonOutcome::Malformed;
    return fields.finish(out) ? JsonOutcome::Value : JsonOutcome::WrongType;
  }

  /// The value of the key just read; false when it is malformed. `expected`: the field that usually comes next.
  bool field(NestedBuilder& fields, const char* code, StringRef name, uint32_t* expected) {
    const uint32_t count = abi::struct_field_count(code);
    const char* wanted = nullptr;
    const uint32_t index = find_field(code, count, name, *expected, &wanted);
    if (index == count) return scan_json_value(p_, end_, &p_).kind != JsonKind::Malformed;
    *expected = index + 1;
    NestedBuilder one(context_);
    if (element(one, wanted) == JsonOutcome::Malformed) return false;
    fields.item(index) = one.count() == 1 ? one.item(0) : NestedItem{};
    return true;
  }

  static bool named(const char* field, StringRef name) {
    const StringRef own = abi::field_name(field);
    return own.size == name.size && std::memcmp(own.data, name.data, static_cast<size_t>(name.size)) == 0;
  }

  /// Objects of one kind mostly have their keys in one order, so that the field after the last one is looked at first; `count` when there is none.
  static uint32_t find_field(const char* code, uint32_t count, StringRef name, uint32_t expected, const char** type) {
    const char* field = abi::first_field(code);
    uint32_t found = count;
    for (uint32_t i = 0; i < count; ++i, field = abi::next_field(field)) {
      if (!named(field, name)) continue;
      *type = abi::field_code(field);
      found = i;
      if (i >= expected) break;
    }
    return found;
  }

  PipelineContext* context_;
  const char* p_;
  const char* end_;
};

}  // namespace

JsonOutcome read_json_nested(PipelineContext* context, const char* p, const char* end, const char* code, const char** rest,
                             StringRef* out) {
  NestedReader reader(context, p, end);
  const JsonOutcome outcome = reader.run(code, out);
  *rest = reader.position();
  return outcome;
}

}  // namespace millrace

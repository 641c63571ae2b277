#include <cstring>
#include <type_traits>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/nested.h"
#include "runtime/functions/nested_builder.h"
#include "runtime/functions/interval_value.h"
#include "runtime/hot/cast.h"
#include "runtime/hot/decimal.h"

/// Casts between nested types, element by element, as the casts of the single values are.
namespace millrace::abi {
namespace {

/// Calls `bool cast(…, T* out)`, whose false is NULL.
template <class T, class Cast>
void set_if(NestedBuilder& to, Cast cast) {
  T value{};
  if (!cast(&value)) return to.add_null();
  if constexpr (std::is_same_v<T, double>) to.add_double(value);
  else if constexpr (std::is_same_v<T, StringRef>) to.add_bytes(value);
  else to.add_int(static_cast<int64_t>(value));
}

Decimal decimal_in(const char* run, int64_t i) {
  Decimal value;
  std::memcpy(&value, nested_bytes(run, i).data, sizeof value);
  return value;
}

/// Casts one scalar element after another into a builder.
class ScalarCast {
 public:
  /// The types by their codes.
  ScalarCast(PipelineContext* context, NestedBuilder& to, const char* from, const char* target)
      : ctx_(context), to_(to), from_code_(from), target_code_(target), from_(type_of(from)), target_(type_of(target)) {}

  void cast(const char* run, int64_t i) {
    if (target_ == TypeCode::Decimal) return to_decimal(run, i);
    if (from_ == TypeCode::Decimal) return from_decimal(decimal_in(run, i));
    if (is_interval(from_) || is_interval(target_)) return interval(run, i);
    const bool same_bytes = is_bytes(from_) && is_bytes(target_) && !is_nested(target_);
    if (from_ == target_ || same_bytes) return to_.add_element(run, i, from_);
    switch (target_) {
      case TypeCode::Boolean: return to_boolean(run, i);
      case TypeCode::TinyInt:
      case TypeCode::SmallInt:
      case TypeCode::Int:
      case TypeCode::BigInt: return to_integer(run, i);
      case TypeCode::Float:
      case TypeCode::Double: return to_floating(run, i);
      case TypeCode::String: return to_string(run, i);
      case TypeCode::Date: return to_date(run, i);
      case TypeCode::Timestamp: return to_timestamp(run, i);
      default: return to_.add_null();
    }
  }

 private:
  void to_decimal(const char* run, int64_t i) {
    const int64_t precision = precision_of(target_code_), scale = scale_of(target_code_);
    Decimal value;
    const auto cast = [&] {
      switch (from_) {
        case TypeCode::Decimal: {
          const Decimal from = decimal_in(run, i);
          return mr_decimal_rescale(&from, scale_of(from_code_), precision, scale, &value);
        }
        case TypeCode::String: {
          const StringRef text = nested_bytes(run, i);
          return mr_decimal_from_string(&text, precision, scale, &value);
        }
        case TypeCode::Float:
        case TypeCode::Double: return mr_decimal_from_double(nested_double(run, i), precision, scale, &value);
        case TypeCode::Timestamp: return mr_decimal_from_timestamp(SqlTimestamp{nested_int(run, i)}, precision, scale, &value);
        case TypeCode::Boolean:
        case TypeCode::TinyInt:
        case TypeCode::SmallInt:
        case TypeCode::Int:
        case TypeCode::BigInt: return mr_decimal_from_int(nested_int(run, i), precision, scale, &value);
        default: return false;
      }
    };
    if (cast()) to_.add_decimal(value);
    else to_.add_null();
  }

  void from_decimal(const Decimal& value) {
    const int64_t scale = scale_of(from_code_);
    switch (target_) {
      case TypeCode::Boolean: return to_.add_int(mr_cast_decimal_to_boolean(&value) ? 1 : 0);
      case TypeCode::Float: return to_.add_double(mr_cast_decimal_to_float(&value, scale));
      case TypeCode::Double: return to_.add_double(mr_decimal_to_double(&value, scale));
      case TypeCode::String: {
        StringRef text;
        mr_decimal_to_string(ctx_, &value, scale, &text);
        return to_.add_bytes(text);
      }
      case TypeCode::Timestamp:
        return set_if<SqlTimestamp>(to_, [&](SqlTimestamp* out) { return mr_decimal_to_timestamp(&value, scale, out); });
      default: break;
    }
    if (!is_integer(target_)) return to_.add_null();
    const IntegerBounds bounds = bounds_of(target_);
    set_if<int64_t>(to_, [&](int64_t* out) { return mr_decimal_to_int(&value, scale, bounds.min, bounds.max, out); });
  }

  /// From and to text; what is left are INTERVALs of one kind, whose fields are cut.
  void interval(const char* run, int64_t i) {
    if (from_ == TypeCode::String) {
      return set_if<int64_t>(to_, [&](int64_t* out) { return interval_from_text(nested_bytes(run, i), target_code_, out); });
    }
    const int64_t value = is_interval(from_) ? nested_int(run, i) : 0;
    if (target_ == TypeCode::String) {
      StringRef text;
      const int64_t first = first_field_of(from_code_), last = last_field_of(from_code_);
      if (from_ == TypeCode::IntervalYearMonth) mr_cast_months_to_string(ctx_, SqlMonths{value}, first, last, &text);
      else mr_cast_micros_to_string(ctx_, SqlMicros{value}, first, last, &text);
      return to_.add_bytes(text);
    }
    if (from_ != target_) return to_.add_null();
    to_.add_int(mr_cast_interval_to_units(value, interval_unit(target_code_)));
  }

  void to_boolean(const char* run, int64_t i) {
    if (is_integer(from_) || from_ == TypeCode::Timestamp) return to_.add_int(nested_int(run, i) != 0);
    if (is_floating(from_)) return to_.add_int(nested_double(run, i) != 0);
    if (from_ != TypeCode::String) return to_.add_null();
    const StringRef text = nested_bytes(run, i);
    set_if<bool>(to_, [&](bool* out) { return mr_cast_string_to_boolean(&text, out); });
  }

  void to_integer(const char* run, int64_t i) {
    if (is_floating(from_)) return set_if<int64_t>(to_, [&](int64_t* out) { return truncate(nested_double(run, i), out); });
    if (from_ == TypeCode::String) return set_if<int64_t>(to_, [&](int64_t* out) { return read(nested_bytes(run, i), out); });
    if (from_ == TypeCode::Date) return to_.add_null();
    int64_t value = nested_int(run, i);
    if (from_ == TypeCode::Timestamp) value = mr_cast_timestamp_to_bigint(SqlTimestamp{value});
    const IntegerBounds bounds = bounds_of(target_);
    if (value < bounds.min || value > bounds.max) return to_.add_null();
    to_.add_int(value);
  }

  bool truncate(double value, int64_t* out) const {
    switch (target_) {
      case TypeCode::TinyInt: return mr_cast_double_to_tinyint(value, out);
      case TypeCode::SmallInt: return mr_cast_double_to_smallint(value, out);
      case TypeCode::Int: return mr_cast_double_to_int(value, out);
      default: return mr_cast_double_to_bigint(value, out);
    }
  }

  bool read(StringRef text, int64_t* out) const {
    switch (target_) {
      case TypeCode::TinyInt: return mr_cast_string_to_tinyint(&text, out);
      case TypeCode::SmallInt: return mr_cast_string_to_smallint(&text, out);
      case TypeCode::Int: return mr_cast_string_to_int(&text, out);
      default: return mr_cast_string_to_bigint(&text, out);
    }
  }

  void to_floating(const char* run, int64_t i) {
    const bool single = target_ == TypeCode::Float;
    if (from_ == TypeCode::Date) return to_.add_null();
    if (from_ == TypeCode::String) {
      const StringRef text = nested_bytes(run, i);
      return set_if<double>(to_, [&](double* out) {
        return single ? mr_cast_string_to_float(&text, out) : mr_cast_string_to_double(&text, out);
      });
    }
    if (from_ == TypeCode::Timestamp) {
      const SqlTimestamp time{nested_int(run, i)};
      return to_.add_double(single ? mr_cast_timestamp_to_float(time) : mr_cast_timestamp_to_double(time));
    }
    const int64_t whole = nested_int(run, i);
    const double value = is_floating(from_) ? nested_double(run, i) : static_cast<double>(whole);
    // From an integer in one step: by way of a double it would be rounded twice.
    const float narrow = is_floating(from_) ? static_cast<float>(value) : static_cast<float>(whole);
    to_.add_double(single ? static_cast<double>(narrow) : value);
  }

  void to_string(const char* run, int64_t i) {
    StringRef text;
    const int64_t word = nested_int(run, i);
    switch (from_) {
      case TypeCode::Boolean: mr_cast_boolean_to_string(word != 0, &text); break;
      case TypeCode::Float: mr_cast_float_to_string(ctx_, nested_double(run, i), &text); break;
      case TypeCode::Double: mr_cast_double_to_string(ctx_, nested_double(run, i), &text); break;
      case TypeCode::Date: mr_cast_date_to_string(ctx_, SqlDate{word}, &text); break;
      case TypeCode::Timestamp: mr_cast_timestamp_to_string(ctx_, SqlTimestamp{word}, &text); break;
      default: mr_cast_bigint_to_string(ctx_, word, &text);
    }
    to_.add_bytes(text);
  }

  void to_date(const char* run, int64_t i) {
    if (from_ == TypeCode::Timestamp) {
      return to_.add_int(static_cast<int64_t>(mr_cast_timestamp_to_date(ctx_, SqlTimestamp{nested_int(run, i)})));
    }
    if (from_ != TypeCode::String) return to_.add_null();
    const StringRef text = nested_bytes(run, i);
    set_if<SqlDate>(to_, [&](SqlDate* out) { return mr_cast_string_to_date(&text, out); });
  }

  void to_timestamp(const char* run, int64_t i) {
    const auto into = [&](auto cast) { set_if<SqlTimestamp>(to_, cast); };
    if (is_floating(from_)) {
      return into([&](SqlTimestamp* out) { return mr_cast_double_to_timestamp(nested_double(run, i), out); });
    }
    if (from_ == TypeCode::String) {
      const StringRef text = nested_bytes(run, i);
      return into([&](SqlTimestamp* out) { return mr_cast_string_to_timestamp(ctx_, &text, out); });
    }
    const int64_t word = nested_int(run, i);
    if (from_ == TypeCode::Date) {
      return into([&](SqlTimestamp* out) { return mr_cast_date_to_timestamp(ctx_, SqlDate{word}, out); });
    }
    if (from_ == TypeCode::Boolean) return to_.add_int(static_cast<int64_t>(mr_cast_boolean_to_timestamp(word != 0)));
    into([&](SqlTimestamp* out) { return mr_cast_bigint_to_timestamp(word, out); });
  }

  PipelineContext* ctx_;
  NestedBuilder& to_;
  const char* from_code_;
  const char* target_code_;
  TypeCode from_;
  TypeCode target_;
};

bool cast_run(PipelineContext* ctx, const char* run, const char* from, const char* to, StringRef* out);

/// Element `i` of `run`, of type `from`, as the builder's next, of type `to`.
void cast_element(PipelineContext* ctx, NestedBuilder& builder, const char* run, int64_t i, const char* from, const char* to) {
  if (i >= static_cast<int64_t>(nested_count(run)) || nested_is_null(run, i)) return builder.add_null();
  if (!is_nested(type_of(from))) return ScalarCast(ctx, builder, from, to).cast(run, i);
  const StringRef value = nested_bytes(run, i);
  StringRef cast;
  if (type_of(to) == TypeCode::String) {
    return mr_nested_to_string(ctx, &value, from, &cast) ? builder.add_bytes(cast) : builder.add_null();
  }
  if (cast_run(ctx, value.data, from, to, &cast)) builder.add_run(cast);
  else builder.add_null();
}

bool cast_array(PipelineContext* ctx, const char* run, const char* from, const char* to, StringRef* out) {
  NestedBuilder builder(ctx);
  const auto count = static_cast<int64_t>(nested_count(run));
  for (int64_t i = 0; i < count; ++i) cast_element(ctx, builder, run, i, from, to);
  return builder.finish(out);
}

bool cast_struct(PipelineContext* ctx, const char* run, const char* from, const char* to, StringRef* out) {
  NestedBuilder builder(ctx);
  const char* from_field = first_field(from);
  const char* to_field = first_field(to);
  const uint32_t count = struct_field_count(to);
  for (uint32_t i = 0; i < count; ++i) {
    cast_element(ctx, builder, run, i, field_code(from_field), field_code(to_field));
    from_field = next_field(from_field);
    to_field = next_field(to_field);
  }
  return builder.finish(out);
}

/// Keys that the cast makes equal are one entry, and a key that it makes NULL makes the map NULL.
bool cast_map(PipelineContext* ctx, const char* run, const char* from, const char* to, StringRef* out) {
  NestedBuilder entries(ctx);
  const char* keys = map_keys(run);
  const char* values = map_values(run);
  const auto count = static_cast<int64_t>(nested_count(keys));
  for (int64_t i = 0; i < count; ++i) {
    cast_element(ctx, entries, keys, i, element_code(from), element_code(to));
    cast_element(ctx, entries, values, i, map_value_code(from), map_value_code(to));
  }
  return count == 0 ? mr_map_make(ctx, nullptr, 0, out) : mr_map_make(ctx, &entries.item(0), count, out);
}

bool cast_run(PipelineContext* ctx, const char* run, const char* from, const char* to, StringRef* out) {
  switch (type_of(to)) {
    case TypeCode::Array: return cast_array(ctx, run, element_code(from), element_code(to), out);
    case TypeCode::Map: return cast_map(ctx, run, from, to, out);
    default: return cast_struct(ctx, run, from, to, out);
  }
}

}  // namespace

extern "C" {

bool mr_nested_cast(PipelineContext* ctx, const StringRef* value, const char* from, const char* to, StringRef* out) noexcept {
  return cast_run(ctx, value->data, from, to, out);
}

}  // extern "C"

}  // namespace millrace::abi

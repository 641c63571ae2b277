#include "compiler/expr/evaluate_cast.h"

#include <cmath>
#include <cstdint>

#include "compiler/expr/native_call.h"
#include "compiler/functions/cast_functions.h"

namespace millrace::expr {

namespace {

/// DATE and TIMESTAMP apart: integers, floating numbers and BOOLEAN, whose casts need no text and no calendar.
bool is_plain_number(const SqlType& type) {
  return type.is_integer() || type.is_floating() || type.is(TypeKind::Boolean);
}

bool is_bytes(const SqlType& type) { return type.is(TypeKind::String) || type.is(TypeKind::Binary); }

Value integer_within(int64_t value, TypeKind kind) {
  const IntegerRange range = integer_range(kind);
  if (value < range.min || value > range.max) return {};
  return {value};
}

Value number_to_integer(double value, TypeKind kind) {
  const double truncated = std::trunc(value);
  if (kind == TypeKind::BigInt && truncated == 9223372036854775808.0) return {INT64_MAX};  // to which the largest BIGINT is rounded
  // 2^63 is exact, the greatest int64_t is not.
  if (!(truncated >= -9223372036854775808.0 && truncated < 9223372036854775808.0)) return {};
  return integer_within(static_cast<int64_t>(truncated), kind);
}

double number_of(const Value& value) {
  if (const auto* b = std::get_if<bool>(&value.data)) return *b ? 1 : 0;
  if (const auto* i = std::get_if<int64_t>(&value.data)) return static_cast<double>(*i);
  return std::get<double>(value.data);
}

Value cast_number(const Value& value, const SqlType& to) {
  if (to.is(TypeKind::Boolean)) return {number_of(value) != 0};
  if (to.is(TypeKind::Double)) return {number_of(value)};
  if (to.is(TypeKind::Float)) {
    // From an integer in one step: by way of a double it would be rounded twice.
    const auto* i = std::get_if<int64_t>(&value.data);
    return {static_cast<double>(i ? static_cast<float>(*i) : static_cast<float>(number_of(value)))};
  }
  if (const auto* d = std::get_if<double>(&value.data)) return number_to_integer(*d, to.kind);
  if (const auto* b = std::get_if<bool>(&value.data)) return {static_cast<int64_t>(*b ? 1 : 0)};
  return integer_within(std::get<int64_t>(value.data), to.kind);
}

/// Thrown inside cast_nested only.
struct UnknownCast {};

Value cast_part(const Value& value, const SqlType& from, const SqlType& to, abi::PipelineContext* context) {
  const std::optional<Value> cast = cast_value(value, from, to, context);
  if (!cast) throw UnknownCast{};
  return *cast;
}

std::string part_text(const Value& value, const SqlType& type, abi::PipelineContext* context) {
  const Value text = cast_part(value, type, TypeKind::String, context);
  return text.is_null() ? "NULL" : std::get<std::string>(text.data);
}

/// `[a, b]`, `{a, b}`, `{k -> v}`
std::string nested_text(const Value& value, const SqlType& type, abi::PipelineContext* context) {
  const auto& parts = std::get<std::vector<Value>>(value.data);
  std::string text = type.is(TypeKind::Array) ? "[" : "{";
  const auto add = [&](const std::string& part) { text += (text.size() > 1 ? ", " : "") + part; };
  if (type.is(TypeKind::Map)) {
    const auto& keys = std::get<std::vector<Value>>(parts.at(0).data);
    const auto& values = std::get<std::vector<Value>>(parts.at(1).data);
    for (size_t i = 0; i < keys.size(); ++i) {
      add(part_text(keys[i], type.fields[0].type, context) + " -> " + part_text(values[i], type.fields[1].type, context));
    }
    return text + "}";
  }
  const bool array = type.is(TypeKind::Array);
  // The first part may be empty text, which is followed by a comma all the same.
  for (size_t i = 0; i < parts.size(); ++i) {
    text += (i > 0 ? ", " : "") + part_text(parts[i], type.fields[array ? 0 : i].type, context);
  }
  return text + (array ? "]" : "}");
}

Value cast_nested(const Value& value, const SqlType& from, const SqlType& to, abi::PipelineContext* context) {
  if (to.is(TypeKind::String)) return {nested_text(value, from, context)};
  const auto& parts = std::get<std::vector<Value>>(value.data);
  std::vector<Value> cast;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t field = from.is(TypeKind::Array) ? 0 : i;
    const bool map = from.is(TypeKind::Map);
    const SqlType& a = from.fields[field].type;
    const SqlType& b = to.fields[field].type;
    cast.push_back(map ? cast_part(parts[i], SqlType::array(a), SqlType::array(b), context) : cast_part(parts[i], a, b, context));
  }
  return {std::move(cast)};
}

}  // namespace

std::optional<Value> cast_value(const Value& value, const SqlType& from, const SqlType& to, abi::PipelineContext* context) {
  if (value.is_null()) return Value{};
  if (from == to) return value;
  if (is_plain_number(from) && is_plain_number(to)) return cast_number(value, to);
  if (is_bytes(from) && is_bytes(to)) return value;
  if (from.is_nested()) {
    try {
      return cast_nested(value, from, to, context);
    } catch (const UnknownCast&) {
      return std::nullopt;
    }
  }
  const std::optional<NativeCast> cast = find_cast(from, to);
  if (!cast) return std::nullopt;
  const NativeCall call{.native = &cast->native, .form = cast->form, .takes_context = cast->takes_context};
  std::vector<Value> arguments{value};
  for (int64_t parameter : cast->parameters) arguments.emplace_back().data = parameter;
  return call_native(call, arguments, to, context);
}

}  // namespace millrace::expr

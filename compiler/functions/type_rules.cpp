#include "compiler/functions/type_rules.h"

#include <algorithm>

#include "compiler/types/coercion.h"

namespace millrace::type_rule {

SqlType part(SqlType type) {
  for (StructField& field : type.fields) {
    field.nullable = true;
    field.type = part(std::move(field.type));
  }
  return type;
}

namespace {

SqlType array_of(const SqlType& element) { return SqlType::array(part(element)); }
SqlType map_of(const SqlType& key, const SqlType& value) { return SqlType::map(part(key), part(value)); }
const SqlType& element(const SqlType& array) { return array.fields.front().type; }
const SqlType& value_of(const SqlType& map) { return map.fields.back().type; }

/// A bare NULL stands for an array of any type.
std::optional<SqlType> as_array(const SqlType& type) {
  if (type.is(TypeKind::Array)) return type;
  return type.is(TypeKind::Null) ? std::optional(SqlType::array(TypeKind::Null)) : std::nullopt;
}

bool is_map(const SqlType& type) { return type.is(TypeKind::Map); }

/// The type that elements and values beside them share. Unlike CASE, nothing becomes a STRING by that.
std::optional<SqlType> shared(const SqlType& a, const SqlType& b) {
  const bool text_and_other = a.is(TypeKind::String) != b.is(TypeKind::String) && !a.is(TypeKind::Null) && !b.is(TypeKind::Null);
  return text_and_other ? std::nullopt : common_type(a, b);
}

bool has_order(const SqlType& type) {
  return !is_map(type) && std::all_of(type.fields.begin(), type.fields.end(), [](const StructField& f) { return has_order(f.type); });
}

bool takes_int(const SqlType& type) { return type.is_integer() || type.is(TypeKind::Null); }

struct ArrayAndValue {
  SqlType array, value;
};

std::optional<ArrayAndValue> array_and_value(const SqlType& first, const SqlType& second) {
  const auto array = as_array(first);
  const auto type = array ? shared(element(*array), second) : std::nullopt;
  if (!type) return std::nullopt;
  return ArrayAndValue{array_of(*type), part(*type)};
}

/// The type that all arguments, arrays or maps, share.
std::optional<SqlType> all_alike(const Types& arguments, TypeKind kind) {
  SqlType type;
  for (const SqlType& argument : arguments) {
    if (!argument.is(kind) && !argument.is(TypeKind::Null)) return std::nullopt;
    const auto common = common_type(type, argument);
    if (!common) return std::nullopt;
    type = *common;
  }
  return type.is(kind) ? std::optional(part(type)) : std::nullopt;
}

Result one_map(const Types& arguments, SqlType (*result)(const SqlType& map)) {
  if (!is_map(arguments[0])) return std::nullopt;
  return CallTypes{{arguments[0]}, result(arguments[0])};
}

Result map_and_key(const Types& arguments, const SqlType& result) {
  const SqlType& key = element(arguments[0]);
  if (!implicitly_castable(arguments[1], key)) return std::nullopt;
  return CallTypes{{arguments[0], key}, result};
}

bool is_time(const SqlType& type) { return type.is(TypeKind::Date) || type.is(TypeKind::Timestamp); }

Result steps(const Types& arguments, TypeKind step) {
  const auto type = common_type(arguments[0], arguments[1]);
  if (!type || !is_time(*type)) return std::nullopt;
  CallTypes types{{*type, *type}, array_of(*type)};
  if (arguments.size() > 2) {
    if (!arguments[2].is(step)) return std::nullopt;
    types.arguments.push_back(step);
  }
  return types;
}

}  // namespace

Result of_analyzer(const Types&) { return std::nullopt; }

Result size(const Types& arguments) {
  if (is_map(arguments[0])) return CallTypes{arguments, TypeKind::Int};
  return array_size(arguments);
}

Result array_size(const Types& arguments) {
  const auto array = as_array(arguments[0]);
  if (!array) return std::nullopt;
  return CallTypes{{*array}, TypeKind::Int};
}

Result contains(const Types& arguments) {
  const auto types = array_and_value(arguments[0], arguments[1]);
  if (!types) return std::nullopt;
  return CallTypes{{types->array, types->value}, TypeKind::Boolean};
}

Result position(const Types& arguments) {
  Result types = contains(arguments);
  if (types) types->result = TypeKind::BigInt;
  return types;
}

Result element_of_array(const Types& arguments) {
  if (!arguments[0].is(TypeKind::Array) || !takes_int(arguments[1])) return std::nullopt;
  return CallTypes{{arguments[0], TypeKind::Int}, element(arguments[0])};
}

Result element_of_map(const Types& arguments) {
  return is_map(arguments[0]) ? map_and_key(arguments, value_of(arguments[0])) : std::nullopt;
}

Result has_key(const Types& arguments) {
  return is_map(arguments[0]) ? map_and_key(arguments, TypeKind::Boolean) : std::nullopt;
}

Result extreme(const Types& arguments) {
  const auto array = as_array(arguments[0]);
  if (!array || !has_order(*array)) return std::nullopt;
  return CallTypes{{*array}, element(*array)};
}

Result overlap(const Types& arguments) {
  Result types = arrays(arguments);
  if (types) types->result = TypeKind::Boolean;
  return types;
}

Result join(const Types& arguments) {
  const SqlType strings = SqlType::array(TypeKind::String);
  CallTypes types{{strings}, TypeKind::String};
  if (!implicitly_castable(arguments[0], strings)) return std::nullopt;
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (!implicitly_castable(arguments[i], TypeKind::String)) return std::nullopt;
    types.arguments.emplace_back(TypeKind::String);
  }
  return types;
}

Result same_array(const Types& arguments) {
  const auto array = as_array(arguments[0]);
  if (!array) return std::nullopt;
  return CallTypes{{*array}, *array};
}

Result sorted(const Types& arguments) {
  const auto array = as_array(arguments[0]);
  if (!array || !has_order(*array)) return std::nullopt;
  CallTypes types{{*array}, *array};
  if (arguments.size() > 1) {
    if (!arguments[1].is(TypeKind::Boolean) && !arguments[1].is(TypeKind::Null)) return std::nullopt;
    types.arguments.emplace_back(TypeKind::Boolean);
  }
  return types;
}

Result sorted_by_orders(const Types& arguments) { return CallTypes{arguments, arguments[0]}; }

Result arrays(const Types& arguments) {
  const auto type = all_alike(arguments, TypeKind::Array);
  if (!type) return std::nullopt;
  return CallTypes{Types(arguments.size(), *type), *type};
}

Result with_value(const Types& arguments) {
  const auto types = array_and_value(arguments[0], arguments[1]);
  if (!types) return std::nullopt;
  return CallTypes{{types->array, types->value}, types->array};
}

Result with_value_at(const Types& arguments) {
  const auto types = array_and_value(arguments[0], arguments[2]);
  if (!types || !takes_int(arguments[1])) return std::nullopt;
  return CallTypes{{types->array, TypeKind::Int, types->value}, types->array};
}

Result repeated(const Types& arguments) {
  if (!takes_int(arguments[1])) return std::nullopt;
  return CallTypes{{part(arguments[0]), TypeKind::Int}, array_of(arguments[0])};
}

Result collected(const Types& arguments) { return CallTypes{{part(arguments[0])}, array_of(arguments[0])}; }

Result joined(const Types& arguments) {
  const auto text = [](const SqlType& type) { return implicitly_castable(type, TypeKind::String); };
  if (!std::all_of(arguments.begin(), arguments.end(), text)) return std::nullopt;
  return CallTypes{Types(arguments.size(), TypeKind::String), TypeKind::String};
}

Result flat(const Types& arguments) {
  const bool nested = arguments[0].is(TypeKind::Array) && element(arguments[0]).is(TypeKind::Array);
  if (!nested) return std::nullopt;
  return CallTypes{arguments, element(arguments[0])};
}

Result slice(const Types& arguments) {
  if (!arguments[0].is(TypeKind::Array) || !takes_int(arguments[1]) || !takes_int(arguments[2])) return std::nullopt;
  return CallTypes{{arguments[0], TypeKind::Int, TypeKind::Int}, arguments[0]};
}

Result zipped(const Types& arguments) {
  std::vector<StructField> fields;
  Types arrays;
  for (const SqlType& argument : arguments) {
    const auto array = as_array(argument);
    if (!array) return std::nullopt;
    fields.push_back({std::to_string(fields.size()), element(*array), true});
    arrays.push_back(*array);
  }
  return CallTypes{std::move(arrays), SqlType::array(SqlType::structure(std::move(fields)))};
}

Result numbers(const Types& arguments) {
  SqlType type;
  for (const SqlType& argument : arguments) {
    if (!takes_int(argument)) return std::nullopt;
    type = *common_type(type, argument);
  }
  if (type.is(TypeKind::Null)) type = TypeKind::Int;
  return CallTypes{Types(arguments.size(), type), SqlType::array(type)};
}

Result times(const Types& arguments) { return steps(arguments, TypeKind::IntervalDayTime); }
Result months(const Types& arguments) { return steps(arguments, TypeKind::IntervalYearMonth); }

Result keys(const Types& arguments) {
  return one_map(arguments, [](const SqlType& map) { return SqlType::array(element(map)); });
}

Result values(const Types& arguments) {
  return one_map(arguments, [](const SqlType& map) { return SqlType::array(value_of(map)); });
}

Result entries(const Types& arguments) {
  return one_map(arguments, [](const SqlType& map) {
    return SqlType::array(SqlType::structure({{"key", element(map), true}, {"value", value_of(map), true}}));
  });
}

Result map_of_arrays(const Types& arguments) {
  if (!arguments[0].is(TypeKind::Array) || !arguments[1].is(TypeKind::Array) || is_map(element(arguments[0]))) return std::nullopt;
  return CallTypes{arguments, map_of(element(arguments[0]), element(arguments[1]))};
}

Result map_of_entries(const Types& arguments) {
  const bool structs = arguments[0].is(TypeKind::Array) && element(arguments[0]).is(TypeKind::Struct);
  if (!structs || element(arguments[0]).fields.size() != 2) return std::nullopt;
  const auto& fields = element(arguments[0]).fields;
  return CallTypes{arguments, map_of(fields[0].type, fields[1].type)};
}

Result maps(const Types& arguments) {
  const auto type = all_alike(arguments, TypeKind::Map);
  if (!type) return std::nullopt;
  return CallTypes{Types(arguments.size(), *type), *type};
}

Result map_of_text(const Types& arguments) {
  CallTypes types{{}, SqlType::map(TypeKind::String, TypeKind::String)};
  for (const SqlType& argument : arguments) {
    if (!implicitly_castable(argument, TypeKind::String)) return std::nullopt;
    types.arguments.emplace_back(TypeKind::String);
  }
  return types;
}

}  // namespace millrace::type_rule

#include <algorithm>

#include "compiler/analysis/calendar_interval.h"
#include "compiler/analysis/operators.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/base/sql_error.h"
#include "compiler/functions/type_rules.h"
#include "compiler/types/coercion.h"

/// Making ARRAY and MAP values and reaching into them.
namespace millrace {

namespace {

SqlType unify_parts(const std::vector<ExprPtr*>& parts, const std::string& what, SourceSpan span) {
  if (parts.empty()) return TypeKind::Null;
  SqlType type = type_rule::part(unify(parts, what, span));
  for (ExprPtr* part : parts) *part = coerce(std::move(*part), type);
  return type;
}

int depth_of(const SqlType& type) {
  int deepest = 0;
  for (const StructField& field : type.fields) deepest = std::max(deepest, depth_of(field.type));
  return deepest + 1;
}

}  // namespace

bool holds_map(const SqlType& type) {
  if (type.is(TypeKind::Map)) return true;
  return std::any_of(type.fields.begin(), type.fields.end(), [](const StructField& f) { return holds_map(f.type); });
}

void check_read_from_json(const SqlType& type, SourceSpan span) {
  if (type.is(TypeKind::Map) && !type.fields[0].type.is(TypeKind::String)) {
    throw SqlError(span, "the keys of a MAP that is read from JSON are STRINGs, not " + to_string(type.fields[0].type),
                   "declare it as MAP<STRING, …>; transform_keys(m, (k, v) -> CAST(k AS …)) gives it other keys");
  }
  for (const StructField& field : type.fields) check_read_from_json(field.type, span);
}

void check_storable(const SqlType& type, SourceSpan span) {
  // Functions of the runtime recurse as deep as a type.
  constexpr int kDepthMax = 64;
  if (depth_of(type) > kDepthMax) throw SqlError(span, "a type may be nested 64 deep");
  if (type.is(TypeKind::Map) && type.fields[0].type.is(TypeKind::Map)) throw SqlError(span, "the keys of a MAP cannot be MAPs");
  for (size_t i = 0; type.is(TypeKind::Struct) && i < type.fields.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (type.fields[i].name != type.fields[j].name) continue;
      throw SqlError(span, "field '" + type.fields[i].name + "' is declared twice");
    }
  }
  for (const StructField& field : type.fields) check_storable(field.type, span);
}

ExprPtr make_array(std::vector<ExprPtr> elements, SourceSpan span) {
  std::vector<ExprPtr*> all;
  for (ExprPtr& element : elements) all.push_back(&element);
  SqlType type = SqlType::array(unify_parts(all, "the elements of an ARRAY", span));
  return make_inferred(expr::MakeCollection{std::move(elements)}, std::move(type), span);
}

ExprPtr make_map(std::vector<ExprPtr> entries, SourceSpan span) {
  if (entries.size() % 2 != 0) throw SqlError(span, "map() takes pairs of a key and a value");
  std::vector<ExprPtr*> keys, values;
  for (size_t i = 0; i < entries.size(); i += 2) {
    keys.push_back(&entries[i]);
    values.push_back(&entries[i + 1]);
  }
  SqlType key = unify_parts(keys, "the keys of a MAP", span);
  if (key.is(TypeKind::Map)) throw SqlError(span, "the keys of a MAP cannot be MAPs");
  if (key.is(TypeKind::Null) && !keys.empty()) throw SqlError((*keys[0])->span, "a key of a MAP cannot be NULL");
  SqlType type = SqlType::map(std::move(key), unify_parts(values, "the values of a MAP", span));
  return make_inferred(expr::MakeCollection{std::move(entries)}, std::move(type), span);
}

ExprPtr make_element(ExprPtr operand, ExprPtr index, SourceSpan span) {
  if (operand->type.is(TypeKind::Array)) {
    const bool whole = index->type.is_integer() || is_null_literal(*index);
    if (!whole) throw SqlError(index->span, "an ARRAY is indexed by an integer, not by " + to_string(index->type));
    index = coerce(std::move(index), TypeKind::BigInt);
  } else if (operand->type.is(TypeKind::Map)) {
    index = coerce_checked(std::move(index), operand->type.fields[0].type, "the key");
  } else {
    const bool is_struct = operand->type.is(TypeKind::Struct);
    throw SqlError(span, to_string(operand->type) + " has no elements", is_struct ? "write s.field" : "");
  }
  SqlType type = operand->type.fields.back().type;
  return make_inferred(expr::GetElement{std::move(operand), std::move(index)}, std::move(type), span);
}

ExprPtr make_sortable(ExprPtr key, SourceSpan span) {
  if (!key->type.is_nested()) return key;
  if (is_calendar_interval(key->type)) throw SqlError(span, "INTERVALs of months and days have no order", "order by the times that they lead to");
  if (holds_map(key->type)) throw SqlError(span, "MAPs have no order", "order by map_keys(m), map_values(m) or m['key']");
  std::vector<ExprPtr> arguments;
  arguments.push_back(std::move(key));
  return make_call("__sort_key", std::move(arguments), span);
}

}  // namespace millrace

#include "compiler/functions/registry_row.h"

namespace millrace {

namespace {

std::vector<Parameter> parameters_of(std::span<const TypeKind> kinds) {
  std::vector<Parameter> parameters;
  parameters.reserve(kinds.size());
  for (TypeKind kind : kinds) parameters.push_back({Parameter::Match::Type, kind});
  return parameters;
}

}  // namespace

ScalarRow&& ScalarRow::takes(size_t i, SqlType type) && {
  parameters[i] = {Parameter::Match::Type, std::move(type)};
  return std::move(*this);
}

ScalarRow&& ScalarRow::integral(size_t i) && {
  parameters[i] = {Parameter::Match::Integral, TypeKind::BigInt};
  return std::move(*this);
}

ScalarRow&& ScalarRow::floating(size_t i) && {
  parameters[i] = {Parameter::Match::Floating, TypeKind::Double};
  return std::move(*this);
}

ScalarRow&& ScalarRow::returns(SqlType type) && {
  result = std::move(type);
  return std::move(*this);
}

ScalarRow&& ScalarRow::returns_first() && {
  result_is_first_argument = true;
  return std::move(*this);
}

ScalarRow&& ScalarRow::variadic() && {
  parameters.resize(parameters.size() - 2);
  variadic_strings = true;
  return std::move(*this);
}

ScalarRow&& ScalarRow::changes() && {
  deterministic = false;
  return std::move(*this);
}

AggregateRow&& AggregateRow::takes(size_t i, TypeKind kind) && {
  parameters[i] = {Parameter::Match::Type, kind};
  return std::move(*this);
}

AggregateRow&& AggregateRow::integral(size_t i) && {
  parameters[i] = {Parameter::Match::Integral, TypeKind::BigInt};
  return std::move(*this);
}

AggregateRow&& AggregateRow::of_kind(size_t i, TypeKind kind) && {
  parameters[i] = {Parameter::Match::Kind, kind};
  return std::move(*this);
}

AggregateRow&& AggregateRow::returns_by(SqlType (*rule)(const SqlType& first)) && {
  result_of = rule;
  return std::move(*this);
}

AggregateRow&& AggregateRow::floating(size_t i) && {
  parameters[i] = {Parameter::Match::Floating, TypeKind::Double};
  return std::move(*this);
}

AggregateRow&& AggregateRow::anything(size_t count) && {
  for (size_t i = 0; i < count; ++i) parameters.push_back({Parameter::Match::Anything, TypeKind::Null});
  return std::move(*this);
}

AggregateRow&& AggregateRow::returns(TypeKind kind) && {
  result = kind;
  return std::move(*this);
}

AggregateRow&& AggregateRow::returns_first() && {
  result_is_first_argument = true;
  return std::move(*this);
}

ScalarRow make_scalar(std::string_view name, std::string_view example, const native::ScalarShape& shape, NativeFunction function) {
  ScalarRow row;
  row.name = name;
  row.parameters = parameters_of(shape.arguments);
  row.result = shape.result;
  row.form = shape.form;
  row.takes_context = shape.takes_context;
  row.native = std::move(function);
  row.example = example;
  return row;
}

AggregateRow make_aggregate(std::string_view name, std::string_view example, const native::AggregateShape& shape,
                            NativeFunction add, NativeFunction merge, NativeFunction finish) {
  AggregateRow row;
  row.name = name;
  row.parameters = parameters_of(shape.arguments);
  row.result = shape.result;
  row.form = shape.form;
  row.state_size = shape.state_size;
  row.takes_table = shape.takes_table;
  row.memory = shape.memory;
  row.takes_sequence = shape.takes_sequence;
  row.add = std::move(add);
  row.merge = std::move(merge);
  row.finish = std::move(finish);
  row.example = example;
  return row;
}

}  // namespace millrace

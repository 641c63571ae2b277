#include "compiler/functions/weighted_aggregates.h"

#include <map>
#include <string_view>
#include <utility>

#include "compiler/functions/registry_row.h"
#include "runtime/abi/calls/exact_sum.h"
#include "runtime/abi/calls/value_counts.h"
#include "runtime/hot/aggregates/min_max.h"
#include "runtime/hot/aggregates/weighted.h"

namespace millrace {

using namespace abi;

namespace {

/// What an aggregate does, by the functions that it adds with and gives its result with.
using Deed = std::pair<std::string_view, std::string_view>;
using Weighted = std::map<Deed, AggregateFunction>;

template <auto Add, auto Result>
AggregateFunction keeping_values(std::string_view name) {
  AggregateFunction row = aggregate<Add, &mr_values_merge, Result>(name, "");
  row.memory = OwnedField{0, OwnedKind::Values};
  return row;
}

template <auto Add, auto Result>
Deed deed() {
  return {native_function<Add>().symbol, native_function<Result>().symbol};
}

void add_sums(Weighted& all) {
  all[deed<&mr_count_add, &mr_count_result>()] = aggregate<&mr_weight_add, &mr_count_merge, &mr_count_result>("weighted count", "");
  all[deed<&mr_count_if_add, &mr_count_result>()] = aggregate<&mr_weight_if_add, &mr_count_merge, &mr_count_result>("weighted count_if", "");
  all[deed<&mr_sum_int_add, &mr_sum_int_result>()] = aggregate<&mr_weighted_int_add, &mr_sum_int_merge, &mr_sum_int_result>("weighted sum", "");
  all[deed<&mr_sum_int_add, &mr_sum_months_result>()] = aggregate<&mr_weighted_int_add, &mr_sum_int_merge, &mr_sum_months_result>("weighted sum", "");
  all[deed<&mr_sum_decimal_add, &mr_sum_decimal_result>()] =
      aggregate<&mr_weighted_decimal_add, &mr_sum_decimal_merge, &mr_sum_decimal_result>("weighted sum", "");
  all[deed<&mr_sum_double_add, &mr_sum_double_result>()] = aggregate<&mr_exact_sum_add, &mr_exact_sum_merge, &mr_exact_sum_result>("weighted sum", "");
  all[deed<&mr_sum_double_add, &mr_avg_result>()] = aggregate<&mr_exact_sum_add, &mr_exact_sum_merge, &mr_exact_avg_result>("weighted avg", "");
}

void add_extremes(Weighted& all) {
  all[deed<&mr_min_int_add, &mr_extreme_int_result>()] = keeping_values<&mr_values_add_int, &mr_values_min_int>("weighted min");
  all[deed<&mr_max_int_add, &mr_extreme_int_result>()] = keeping_values<&mr_values_add_int, &mr_values_max_int>("weighted max");
  all[deed<&mr_every_add, &mr_boolean_result>()] = keeping_values<&mr_values_add_boolean, &mr_values_min_boolean>("weighted min");
  all[deed<&mr_some_add, &mr_boolean_result>()] = keeping_values<&mr_values_add_boolean, &mr_values_max_boolean>("weighted max");
  all[deed<&mr_min_double_add, &mr_extreme_double_result>()] = keeping_values<&mr_values_add_double, &mr_values_min_double>("weighted min");
  all[deed<&mr_max_double_add, &mr_extreme_double_result>()] = keeping_values<&mr_values_add_double, &mr_values_max_double>("weighted max");
  all[deed<&mr_min_decimal_add, &mr_extreme_decimal_result>()] = keeping_values<&mr_values_add_decimal, &mr_values_min_decimal>("weighted min");
  all[deed<&mr_max_decimal_add, &mr_extreme_decimal_result>()] = keeping_values<&mr_values_add_decimal, &mr_values_max_decimal>("weighted max");
  all[deed<&mr_min_string_add, &mr_extreme_string_result>()] = keeping_values<&mr_values_add_string, &mr_values_min_string>("weighted min");
  all[deed<&mr_max_string_add, &mr_extreme_string_result>()] = keeping_values<&mr_values_add_string, &mr_values_max_string>("weighted max");
}

const Weighted& weighted() {
  static const Weighted all = [] {
    Weighted made;
    add_sums(made);
    add_extremes(made);
    return made;
  }();
  return all;
}

}  // namespace

const AggregateFunction* weighted_aggregate(const AggregateFunction& function, bool distinct) {
  const Deed deed{function.add.symbol, function.finish.symbol};
  const auto found = weighted().find(deed);
  if (found == weighted().end()) return nullptr;
  const bool same_without = found->second.memory.has_value();
  return !distinct || same_without ? &found->second : nullptr;
}

const AggregateFunction* weighted_distinct_count(const SqlType& type) {
  static const AggregateFunction numbers = keeping_values<&mr_values_add_int, &mr_values_count>("weighted count distinct");
  static const AggregateFunction booleans = keeping_values<&mr_values_add_boolean, &mr_values_count>("weighted count distinct");
  static const AggregateFunction doubles = keeping_values<&mr_values_add_double, &mr_values_count>("weighted count distinct");
  static const AggregateFunction decimals = keeping_values<&mr_values_add_decimal, &mr_values_count>("weighted count distinct");
  static const AggregateFunction texts = keeping_values<&mr_values_add_string, &mr_values_count>("weighted count distinct");
  if (type.is(TypeKind::Struct) || type.is(TypeKind::Null)) return nullptr;
  if (type.is_bytes()) return &texts;
  if (type.is(TypeKind::Decimal)) return &decimals;
  if (type.is_floating()) return &doubles;
  return type.is(TypeKind::Boolean) ? &booleans : &numbers;
}

const AggregateFunction& sum_of_weights() { return weighted().at(deed<&mr_count_add, &mr_count_result>()); }

}  // namespace millrace

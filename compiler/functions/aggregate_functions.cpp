#include "compiler/functions/function_catalog.h"
#include "compiler/types/decimal_rules.h"
#include "compiler/functions/registry_row.h"
#include "compiler/functions/type_rules.h"
#include "runtime/abi/calls/collect.h"
#include "runtime/hot/aggregates/approx_count_distinct.h"
#include "runtime/hot/aggregates/bits.h"
#include "runtime/hot/aggregates/count.h"
#include "runtime/hot/aggregates/covariance.h"
#include "runtime/hot/aggregates/decimal.h"
#include "runtime/hot/aggregates/first_last.h"
#include "runtime/hot/aggregates/min_max.h"
#include "runtime/hot/aggregates/min_max_by.h"
#include "runtime/hot/aggregates/moments.h"
#include "runtime/hot/aggregates/sum.h"

namespace millrace {

using namespace abi;

namespace {

using AggregateRows = std::vector<AggregateFunction>;

void add_counts_and_sums(AggregateRows& rows) {
  rows.push_back(aggregate<&mr_count_add, &mr_count_merge, &mr_count_result>("count", "count(*) of 1, NULL -> 2"));
  for (size_t arguments : {1, 2, 3, 4}) {
    rows.push_back(aggregate<&mr_count_add, &mr_count_merge, &mr_count_result>("count", "count(x) of 1, NULL -> 1").anything(arguments));
  }
  rows.push_back(aggregate<&mr_count_if_add, &mr_count_merge, &mr_count_result>("count_if", "count_if(x) of true, false -> 1"));
  rows.push_back(aggregate<&mr_sum_int_add, &mr_sum_int_merge, &mr_sum_int_result>("sum", "sum(x) of 1, 2 -> 3"));
  rows.push_back(aggregate<&mr_sum_double_add, &mr_sum_double_merge, &mr_sum_double_result>("sum", "sum(x) of 1.5, 2.0 -> 3.5"));
  for (const char* name : {"avg", "mean"}) {
    rows.push_back(aggregate<&mr_sum_double_add, &mr_sum_double_merge, &mr_avg_result>(name, "avg(x) of 1, 2 -> 1.5"));
  }
}

/// A sum that is too large is NULL anyhow.
void add_tried(AggregateRows& rows) {
  rows.push_back(aggregate<&mr_sum_int_add, &mr_sum_int_merge, &mr_sum_int_result>("try_sum", "try_sum(x) of 1, 2 -> 3"));
  rows.push_back(aggregate<&mr_sum_double_add, &mr_sum_double_merge, &mr_sum_double_result>("try_sum", "try_sum(x) of 1.5D, 2.0D -> 3.5"));
  rows.push_back(aggregate<&mr_sum_double_add, &mr_sum_double_merge, &mr_avg_result>("try_avg", "try_avg(x) of 1, 2 -> 1.5"));
}

template <auto Add, auto Merge, auto Result>
void add_decimal(AggregateRows& rows, const char* name, const char* example) {
  rows.push_back(aggregate<Add, Merge, Result>(name, example).of_kind(0, TypeKind::Decimal).returns_first());
}

/// avg of a DECIMAL is the analyzer's: sum / count.
void add_decimals(AggregateRows& rows) {
  rows.push_back(aggregate<&mr_sum_decimal_add, &mr_sum_decimal_merge, &mr_sum_decimal_result>("sum", "sum(x) of 1.50BD, 2.25BD -> 3.75")
                     .of_kind(0, TypeKind::Decimal)
                     .returns_by(decimal_rules::sum_of_rows));
  rows.push_back(AggregateFunction(rows.back()));
  rows.back().name = "try_sum";
  rows.back().example = "try_sum(x) of 1.50BD, 2.25BD -> 3.75";
  add_decimal<&mr_min_decimal_add, &mr_min_decimal_merge, &mr_extreme_decimal_result>(rows, "min", "min(x) of 1.50BD, 2.25BD -> 1.50");
  add_decimal<&mr_max_decimal_add, &mr_max_decimal_merge, &mr_extreme_decimal_result>(rows, "max", "max(x) of 1.50BD, 2.25BD -> 2.25");
  for (const char* name : {"first", "first_value", "any_value"}) {
    add_decimal<&mr_first_decimal_add, &mr_first_decimal_merge, &mr_ordered_decimal_result>(rows, name, "first(x) of 2.25BD, 1.50BD -> 2.25");
  }
  for (const char* name : {"last", "last_value"}) {
    add_decimal<&mr_last_decimal_add, &mr_last_decimal_merge, &mr_ordered_decimal_result>(rows, name, "last(x) of 2.25BD, 1.50BD -> 1.50");
  }
  rows.push_back(aggregate<&mr_approx_decimal_add, &mr_approx_merge, &mr_approx_result>("approx_count_distinct", "approx_count_distinct(x) of 1.5BD, 2.5BD -> 2")
                     .of_kind(0, TypeKind::Decimal));
}

/// Microseconds and months are added as integers are; avg is the analyzer's.
void add_intervals(AggregateRows& rows) {
  const char* const example = "sum(x) of INTERVAL '1' DAY, INTERVAL '2' DAY -> INTERVAL '3' DAY";
  rows.push_back(aggregate<&mr_sum_int_add, &mr_sum_int_merge, &mr_sum_int_result>("sum", example).of_kind(0, TypeKind::IntervalDayTime).returns_first());
  rows.push_back(aggregate<&mr_sum_int_add, &mr_sum_int_merge, &mr_sum_months_result>("sum", "sum(x) of INTERVAL '1' YEAR, INTERVAL '2' YEAR -> INTERVAL '3' YEAR")
                     .of_kind(0, TypeKind::IntervalYearMonth)
                     .returns_first());
}

void add_extremes(AggregateRows& rows) {
  const char* const least = "min(x) of 2, 1, 3 -> 1";
  rows.push_back(aggregate<&mr_min_int_add, &mr_min_int_merge, &mr_extreme_int_result>("min", least).integral(0).returns_first());
  rows.push_back(
      aggregate<&mr_min_double_add, &mr_min_double_merge, &mr_extreme_double_result>("min", least).floating(0).returns_first());
  rows.push_back(aggregate<&mr_min_string_add, &mr_min_string_merge, &mr_extreme_string_result>("min", "min(x) of 'b', 'a' -> a"));
  rows.push_back(aggregate<&mr_every_add, &mr_min_int_merge, &mr_boolean_result>("min", "min(x) of true, false -> false"));
  const char* const greatest = "max(x) of 2, 1, 3 -> 3";
  rows.push_back(aggregate<&mr_max_int_add, &mr_max_int_merge, &mr_extreme_int_result>("max", greatest).integral(0).returns_first());
  rows.push_back(
      aggregate<&mr_max_double_add, &mr_max_double_merge, &mr_extreme_double_result>("max", greatest).floating(0).returns_first());
  rows.push_back(aggregate<&mr_max_string_add, &mr_max_string_merge, &mr_extreme_string_result>("max", "max(x) of 'b', 'a' -> b"));
  rows.push_back(aggregate<&mr_some_add, &mr_max_int_merge, &mr_boolean_result>("max", "max(x) of true, false -> true"));
  for (const char* name : {"bool_and", "every"}) {
    rows.push_back(aggregate<&mr_every_add, &mr_min_int_merge, &mr_boolean_result>(name, "bool_and(x) of true, false -> false"));
  }
  for (const char* name : {"bool_or", "some", "any"}) {
    rows.push_back(aggregate<&mr_some_add, &mr_max_int_merge, &mr_boolean_result>(name, "bool_or(x) of true, false -> true"));
  }
}

void add_first_and_last(AggregateRows& rows) {
  for (const char* name : {"first", "first_value", "any_value"}) {
    const char* const example = "first(x) of 2, 1, 3 -> 2";
    rows.push_back(aggregate<&mr_first_int_add, &mr_first_int_merge, &mr_ordered_int_result>(name, example).integral(0).returns_first());
    rows.push_back(
        aggregate<&mr_first_double_add, &mr_first_double_merge, &mr_ordered_double_result>(name, example).floating(0).returns_first());
    rows.push_back(aggregate<&mr_first_string_add, &mr_first_string_merge, &mr_ordered_string_result>(name, "first(x) of 'b', 'a' -> b"));
    rows.push_back(
        aggregate<&mr_first_boolean_add, &mr_first_int_merge, &mr_ordered_boolean_result>(name, "first(x) of true, false -> true"));
  }
  for (const char* name : {"last", "last_value"}) {
    const char* const example = "last(x) of 2, 1, 3 -> 3";
    rows.push_back(aggregate<&mr_last_int_add, &mr_last_int_merge, &mr_ordered_int_result>(name, example).integral(0).returns_first());
    rows.push_back(
        aggregate<&mr_last_double_add, &mr_last_double_merge, &mr_ordered_double_result>(name, example).floating(0).returns_first());
    rows.push_back(aggregate<&mr_last_string_add, &mr_last_string_merge, &mr_ordered_string_result>(name, "last(x) of 'b', 'a' -> a"));
    rows.push_back(
        aggregate<&mr_last_boolean_add, &mr_last_int_merge, &mr_ordered_boolean_result>(name, "last(x) of true, false -> false"));
  }
}

template <auto Result>
AggregateRow variance(const char* name, const char* example) {
  return aggregate<&mr_variance_add, &mr_variance_merge, Result>(name, example);
}

template <auto Result>
AggregateRow covariance(const char* name, const char* example) {
  return aggregate<&mr_covariance_add, &mr_covariance_merge, Result>(name, example);
}

template <auto Result>
AggregateRow regression(const char* name, const char* example) {
  return aggregate<&mr_regression_add, &mr_covariance_merge, Result>(name, example);
}

void add_statistics(AggregateRows& rows) {
  for (const char* name : {"stddev", "stddev_samp", "std"}) {
    rows.push_back(variance<&mr_stddev_samp_result>(name, "stddev(x) of 1, 2, 3 -> 1.0"));
  }
  rows.push_back(variance<&mr_stddev_pop_result>("stddev_pop", "stddev_pop(x) of 1, 3 -> 1.0"));
  for (const char* name : {"variance", "var_samp"}) {
    rows.push_back(variance<&mr_var_samp_result>(name, "variance(x) of 1, 2, 3 -> 1.0"));
  }
  rows.push_back(variance<&mr_var_pop_result>("var_pop", "var_pop(x) of 1, 3 -> 1.0"));
  rows.push_back(aggregate<&mr_moments_add, &mr_moments_merge, &mr_skewness_result>("skewness", "skewness(x) of 1, 2, 3 -> 0.0"));
  rows.push_back(aggregate<&mr_moments_add, &mr_moments_merge, &mr_kurtosis_result>("kurtosis", "kurtosis(x) of 1, 3 -> -2.0"));
  rows.push_back(covariance<&mr_covar_pop_result>("covar_pop", "covar_pop(x, y) of (1, 1), (3, 3) -> 1.0"));
  rows.push_back(covariance<&mr_covar_samp_result>("covar_samp", "covar_samp(x, y) of (1, 1), (3, 3) -> 2.0"));
  rows.push_back(covariance<&mr_corr_result>("corr", "corr(x, y) of (1, 1), (3, 3) -> 1.0"));
}

void add_regression(AggregateRows& rows) {
  rows.push_back(regression<&mr_regr_count_result>("regr_count", "regr_count(y, x) of (1, 1), (3, 3) -> 2"));
  rows.push_back(regression<&mr_regr_avgx_result>("regr_avgx", "regr_avgx(y, x) of (1, 2), (3, 4) -> 3.0"));
  rows.push_back(regression<&mr_regr_avgy_result>("regr_avgy", "regr_avgy(y, x) of (1, 2), (3, 4) -> 2.0"));
  rows.push_back(regression<&mr_regr_sxx_result>("regr_sxx", "regr_sxx(y, x) of (1, 2), (3, 4) -> 2.0"));
  rows.push_back(regression<&mr_regr_syy_result>("regr_syy", "regr_syy(y, x) of (1, 2), (3, 4) -> 2.0"));
  rows.push_back(regression<&mr_regr_sxy_result>("regr_sxy", "regr_sxy(y, x) of (1, 2), (3, 4) -> 2.0"));
  rows.push_back(regression<&mr_regr_slope_result>("regr_slope", "regr_slope(y, x) of (1, 2), (3, 4) -> 1.0"));
  rows.push_back(regression<&mr_regr_intercept_result>("regr_intercept", "regr_intercept(y, x) of (1, 2), (3, 4) -> -1.0"));
  rows.push_back(regression<&mr_regr_r2_result>("regr_r2", "regr_r2(y, x) of (1, 2), (3, 4) -> 1.0"));
}

void add_bits(AggregateRows& rows) {
  for (TypeKind kind : {TypeKind::TinyInt, TypeKind::SmallInt, TypeKind::Int, TypeKind::BigInt}) {
    const auto of_kind = [&](AggregateRow row) { return std::move(row).takes(0, kind).returns_first(); };
    rows.push_back(of_kind(aggregate<&mr_bit_and_add, &mr_bit_and_merge, &mr_bits_result>("bit_and", "bit_and(x) of 3, 5 -> 1")));
    rows.push_back(of_kind(aggregate<&mr_bit_or_add, &mr_bit_or_merge, &mr_bits_result>("bit_or", "bit_or(x) of 3, 5 -> 7")));
    rows.push_back(of_kind(aggregate<&mr_bit_xor_add, &mr_bit_xor_merge, &mr_bits_result>("bit_xor", "bit_xor(x) of 3, 5 -> 6")));
  }
}

void add_sketches(AggregateRows& rows) {
  const char* const name = "approx_count_distinct";
  rows.push_back(aggregate<&mr_approx_int_add, &mr_approx_merge, &mr_approx_result>(name, "approx_count_distinct(x) of 1, 2, 1 -> 2").integral(0));
  rows.push_back(aggregate<&mr_approx_double_add, &mr_approx_merge, &mr_approx_result>(name, "approx_count_distinct(x) of 1.5, 2.5 -> 2").floating(0));
  rows.push_back(aggregate<&mr_approx_string_add, &mr_approx_merge, &mr_approx_result>(name, "approx_count_distinct(x) of 'a', 'b' -> 2"));
  rows.push_back(aggregate<&mr_approx_boolean_add, &mr_approx_merge, &mr_approx_result>(name, "approx_count_distinct(x) of true -> 1"));
}

void add_least_by(AggregateRows& rows) {
  const char* const name = "min_by";
  const char* const example = "min_by(x, y) of (1, 20), (2, 10) -> 2";
  rows.push_back(aggregate<&mr_min_int_by_int_add, &mr_min_int_by_int_merge, &mr_int_by_int_result>(name, example)
                     .integral(0).integral(1).returns_first());
  rows.push_back(aggregate<&mr_min_int_by_double_add, &mr_min_int_by_double_merge, &mr_int_by_double_result>(name, example)
                     .integral(0).floating(1).returns_first());
  rows.push_back(aggregate<&mr_min_double_by_int_add, &mr_min_double_by_int_merge, &mr_double_by_int_result>(name, example)
                     .floating(0).integral(1).returns_first());
  rows.push_back(aggregate<&mr_min_double_by_double_add, &mr_min_double_by_double_merge, &mr_double_by_double_result>(name, example)
                     .floating(0).floating(1).returns_first());
  const char* const words = "min_by(x, y) of ('a', 20), ('b', 10) -> b";
  rows.push_back(
      aggregate<&mr_min_string_by_int_add, &mr_min_string_by_int_merge, &mr_string_by_int_result>(name, words).integral(1));
  rows.push_back(
      aggregate<&mr_min_string_by_double_add, &mr_min_string_by_double_merge, &mr_string_by_double_result>(name, words).floating(1));
}

void add_greatest_by(AggregateRows& rows) {
  const char* const name = "max_by";
  const char* const example = "max_by(x, y) of (1, 20), (2, 10) -> 1";
  rows.push_back(aggregate<&mr_max_int_by_int_add, &mr_max_int_by_int_merge, &mr_int_by_int_result>(name, example)
                     .integral(0).integral(1).returns_first());
  rows.push_back(aggregate<&mr_max_int_by_double_add, &mr_max_int_by_double_merge, &mr_int_by_double_result>(name, example)
                     .integral(0).floating(1).returns_first());
  rows.push_back(aggregate<&mr_max_double_by_int_add, &mr_max_double_by_int_merge, &mr_double_by_int_result>(name, example)
                     .floating(0).integral(1).returns_first());
  rows.push_back(aggregate<&mr_max_double_by_double_add, &mr_max_double_by_double_merge, &mr_double_by_double_result>(name, example)
                     .floating(0).floating(1).returns_first());
  const char* const words = "max_by(x, y) of ('a', 20), ('b', 10) -> a";
  rows.push_back(
      aggregate<&mr_max_string_by_int_add, &mr_max_string_by_int_merge, &mr_string_by_int_result>(name, words).integral(1));
  rows.push_back(
      aggregate<&mr_max_string_by_double_add, &mr_max_string_by_double_merge, &mr_string_by_double_result>(name, words).floating(1));
}

AggregateFunction collecting(std::string_view name, std::string_view usage, TypeRule rule, size_t arguments_max, std::string_view example) {
  AggregateFunction row;
  row.name = name;
  row.form = ResultForm::Nullable;
  row.state_size = sizeof(CollectState);
  row.takes_table = row.takes_sequence = true;
  row.memory = OwnedField{0, OwnedKind::Collected};
  row.add = native_function<&mr_collect_add>();
  row.merge = native_function<&mr_collect_merge>();
  row.finish = native_function<&mr_collect_result>();
  row.example = example;
  row.rule = rule;
  row.arguments_min = 1;
  row.arguments_max = arguments_max;
  row.usage = usage;
  return row;
}

void add_collections(AggregateRows& rows) {
  for (const char* name : {"collect_list", "array_agg"}) {
    rows.push_back(collecting(name, "(T) -> ARRAY<T>", type_rule::collected, 1, "collect_list(x) of 2, NULL, 1, 2 -> [2, 1, 2]"));
  }
  rows.push_back(collecting("collect_set", "(T) -> ARRAY<T>", type_rule::collected, 1, "collect_set(x) of 2, 1, 2 -> [2, 1]"));
  rows.back().distinct = true;
  // The analyzer makes these of collect_list.
  for (const char* name : {"string_agg", "listagg"}) {
    rows.push_back(collecting(name, "(STRING [, STRING]) -> STRING", type_rule::joined, 2, "string_agg(x, '-') of 'b', 'a' -> b-a"));
  }
}

AggregateRows build_aggregate_registry() {
  constexpr size_t kRowsExpected = 140;
  AggregateRows rows;
  rows.reserve(kRowsExpected);
  add_counts_and_sums(rows);
  add_tried(rows);
  add_decimals(rows);
  add_intervals(rows);
  add_extremes(rows);
  add_first_and_last(rows);
  add_statistics(rows);
  add_regression(rows);
  add_bits(rows);
  add_sketches(rows);
  add_least_by(rows);
  add_greatest_by(rows);
  add_collections(rows);
  return rows;
}

}  // namespace

const std::vector<AggregateFunction>& aggregate_functions() {
  static const AggregateRows registry = build_aggregate_registry();
  return registry;
}

}  // namespace millrace

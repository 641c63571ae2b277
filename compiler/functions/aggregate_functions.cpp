#include "compiler/functions/function_catalog.h"
#include "compiler/functions/registry_row.h"
#include "runtime/hot/aggregates/count.h"
#include "runtime/hot/aggregates/min_max.h"
#include "runtime/hot/aggregates/sum.h"

namespace millrace {

using namespace abi;

namespace {

using Rows = std::vector<AggregateFunction>;

void add_counts_and_sums(Rows& rows) {
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

void add_extremes(Rows& rows) {
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

Rows build_registry() {
  constexpr size_t kRowsExpected = 120;
  Rows rows;
  rows.reserve(kRowsExpected);
  add_counts_and_sums(rows);
  add_extremes(rows);
  return rows;
}

}  // namespace

const std::vector<AggregateFunction>& aggregate_functions() {
  static const Rows registry = build_registry();
  return registry;
}

}  // namespace millrace

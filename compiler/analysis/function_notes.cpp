#include <algorithm>
#include <array>

#include "compiler/analysis/function_forms.h"

namespace millrace {

namespace {

constexpr auto kNotes = std::to_array<FunctionNote>({
    {"coalesce", "(T, …) -> T", "coalesce(NULL, 2, 3) -> 2"},
    {"nvl", "(T, T) -> T", "nvl(NULL, 'a') -> a"},
    {"ifnull", "(T, T) -> T", "ifnull(NULL, 'a') -> a"},
    {"zeroifnull", "(T) -> T", "zeroifnull(CAST(NULL AS INT)) -> 0"},
    {"nullif", "(T, T) -> T", "nullif(2, 2) -> NULL"},
    {"nullifzero", "(T) -> T", "nullifzero(0) -> NULL"},
    {"if", "(BOOLEAN, T, T) -> T", "if(1 < 2, 'a', 'b') -> a"},
    {"iff", "(BOOLEAN, T, T) -> T", "iff(1 > 2, 'a', 'b') -> b"},
    {"nvl2", "(any, T, T) -> T", "nvl2(NULL, 2, 1) -> 1"},
    {"isnull", "(any) -> BOOLEAN", "isnull(1) -> false"},
    {"isnotnull", "(any) -> BOOLEAN", "isnotnull(1) -> true"},
    {"greatest", "(T, T, …) -> T", "greatest(10, 9, NULL, 11) -> 11"},
    {"least", "(T, T, …) -> T", "least(10, 9, NULL, 11) -> 9"},
    {"array", "(T, …) -> ARRAY<T>", "array(1, 2, NULL) -> [1, 2, NULL]"},
    {"map", "(K, V, …) -> MAP<K, V>", "map('a', 1, 'b', 2) -> {a -> 1, b -> 2}"},
    {"struct", "(any, …) -> STRUCT", "struct(1, 'a') -> {1, a}"},
    {"named_struct", "('name', any, …) -> STRUCT", "named_struct('a', 1, 'b', 2).b -> 2"},
    {"get", "(ARRAY<T>, INT) -> T", "get(array('a', 'b'), 0) -> a"},
    {"typeof", "(any) -> STRING", "typeof(1) -> int"},
    {"nanvl", "(DOUBLE, DOUBLE) -> DOUBLE", "nanvl(CAST('NaN' AS DOUBLE), 1.5D) -> 1.5"},
    {"elt", "(INT, STRING, …) -> STRING", "elt(2, 'a', 'b') -> b"},
    {"equal_null", "(T, T) -> BOOLEAN", "equal_null(NULL, NULL) -> true"},
    {"decode", "(any, any, T, … [, T]) -> T; (BINARY, STRING) -> STRING", "decode(2, 1, 'a', 2, 'b', 'c') -> b"},
    {"bit_get", "(BIGINT, INT) -> TINYINT", "bit_get(11, 2) -> 0"},
    {"getbit", "(BIGINT, INT) -> TINYINT", "getbit(11, 3) -> 1"},
    {"boolean", "(any) -> BOOLEAN", "boolean('yes') -> true"},
    {"tinyint", "(any) -> TINYINT", "tinyint('12') -> 12"},
    {"smallint", "(any) -> SMALLINT", "smallint('12') -> 12"},
    {"int", "(any) -> INT", "int('12') -> 12"},
    {"bigint", "(any) -> BIGINT", "bigint(1.9D) -> 1"},
    {"float", "(any) -> FLOAT", "float('1.5') -> 1.5"},
    {"double", "(any) -> DOUBLE", "double('1.5') -> 1.5"},
    {"decimal", "(any) -> DECIMAL(10,0)", "decimal('1.5') -> 2"},
    {"string", "(any) -> STRING", "string(1) -> 1"},
    {"binary", "(any) -> BINARY", "hex(binary('a')) -> 61"},
    {"timestamp", "(any) -> TIMESTAMP", "timestamp('2020-03-21 10:32:11') -> 2020-03-21 10:32:11"},
    {"rand", "(seed) -> DOUBLE", "rand(0) -> 0.7604953758285915"},
    {"random", "(seed) -> DOUBLE", "random(0) -> 0.7604953758285915"},
    {"randn", "(seed) -> DOUBLE", "randn(0) -> 1.6034991609278433"},
    {"uniform", "(number, number [, seed]) -> number", "uniform(10, 20, 0) -> 17"},
    {"randstr", "(INT [, seed]) -> STRING", "randstr(5, 0) -> ceV0P"},
    {"monotonically_increasing_id", "() -> BIGINT", "monotonically_increasing_id() -> 0"},
    {"current_timezone", "() -> STRING", "current_timezone() -> UTC"},
    {"convert_timezone", "([STRING,] STRING, TIMESTAMP) -> TIMESTAMP", "convert_timezone('Europe/Paris', 'Asia/Tokyo', TIMESTAMP '2024-01-01 10:00:00') -> 2024-01-01 18:00:00"},
    {"current_database", "() -> STRING", "current_database() -> default"},
    {"current_schema", "() -> STRING", "current_schema() -> default"},
    {"current_catalog", "() -> STRING", "current_catalog() -> spark_catalog"},
    {"try_add", "(T, T) -> T", "try_add(1, 2) -> 3"},
    {"try_subtract", "(T, T) -> T", "try_subtract(1, 2) -> -1"},
    {"try_multiply", "(T, T) -> T", "try_multiply(2, 3) -> 6"},
    {"try_divide", "(T, T) -> DOUBLE", "try_divide(3, 2) -> 1.5"},
    {"try_mod", "(T, T) -> T", "try_mod(3, 0) -> NULL"},
    {"to_number", "(STRING, 'pattern') -> DECIMAL", "to_number('$1,234.5-', '$9,999.99MI') -> -1234.50"},
    {"try_to_number", "(STRING, 'pattern') -> DECIMAL", "try_to_number('1x', '99') -> NULL"},
    {"to_char", "(number, 'pattern') -> STRING; (TIMESTAMP, 'pattern') -> STRING; (BINARY, 'hex', 'base64' or 'utf-8') -> STRING", "to_char(-12454.8, '99,999.9S') -> 12,454.8-"},
    {"to_varchar", "as to_char", "to_varchar(78.12, '$99.99') -> $78.12"},
    {"extract", "(unit FROM time) -> INT", "extract(YEAR FROM DATE '2020-03-21') -> 2020"},
    {"date_part", "('unit', time) -> INT", "date_part('month', DATE '2020-03-21') -> 3"},
    {"datepart", "('unit', time) -> INT", "datepart('day', DATE '2020-03-21') -> 21"},
    {"timestampadd", "(unit, BIGINT, TIMESTAMP) -> TIMESTAMP", "timestampadd(MONTH, 1, TIMESTAMP '2020-01-31 10:00:00') -> 2020-02-29 10:00:00"},
    {"timestampdiff", "(unit, TIMESTAMP, TIMESTAMP) -> BIGINT", "timestampdiff(HOUR, TIMESTAMP '2020-01-01 00:00:00', TIMESTAMP '2020-01-01 05:30:00') -> 5"},
    {"transform", "(ARRAY<T>, x -> U) -> ARRAY<U>", "transform(array(1, 2), x -> x + 1) -> [2, 3]"},
    {"filter", "(ARRAY<T>, x -> BOOLEAN) -> ARRAY<T>", "filter(array(1, 2, 3), x -> x % 2 = 1) -> [1, 3]"},
    {"exists", "(ARRAY<T>, x -> BOOLEAN) -> BOOLEAN", "exists(array(1, 2), x -> x > 1) -> true"},
    {"forall", "(ARRAY<T>, x -> BOOLEAN) -> BOOLEAN", "forall(array(1, 2), x -> x > 1) -> false"},
    {"aggregate", "(ARRAY<T>, S, (s, x) -> S [, s -> R]) -> S", "aggregate(array(1, 2, 3), 0, (s, x) -> s + x) -> 6"},
    {"reduce", "(ARRAY<T>, S, (s, x) -> S [, s -> R]) -> S", "reduce(array(1, 2, 3), 0, (s, x) -> s + x, s -> s * 10) -> 60"},
    {"array_sort", "(ARRAY<T>, (x, y) -> INT) -> ARRAY<T>", "array_sort(array(1, 3, 2), (x, y) -> y - x) -> [3, 2, 1]"},
    {"zip_with", "(ARRAY<A>, ARRAY<B>, (a, b) -> T) -> ARRAY<T>", "zip_with(array(1, 2), array(10, 20), (x, y) -> x + y) -> [11, 22]"},
    {"map_zip_with", "(MAP<K, A>, MAP<K, B>, (k, a, b) -> T) -> MAP<K, T>", "map_zip_with(map(1, 'a'), map(1, 'b'), (k, x, y) -> concat(x, y)) -> {1 -> ab}"},
    {"map_filter", "(MAP<K, V>, (k, v) -> BOOLEAN) -> MAP<K, V>", "map_filter(map(1, 0, 2, 2), (k, v) -> k = v) -> {2 -> 2}"},
    {"transform_keys", "(MAP<K, V>, (k, v) -> L) -> MAP<L, V>", "transform_keys(map(1, 'a'), (k, v) -> k + 1) -> {2 -> a}"},
    {"transform_values", "(MAP<K, V>, (k, v) -> W) -> MAP<K, W>", "transform_values(map(1, 'a'), (k, v) -> upper(v)) -> {1 -> A}"},
    {"grouping", "(key) -> TINYINT", ""},
    {"grouping_id", "([key, …]) -> BIGINT", ""},
    {"explode", "(ARRAY<T> or MAP<K, V>) -> rows", ""},
    {"explode_outer", "(ARRAY<T> or MAP<K, V>) -> rows, one of NULLs for none", ""},
    {"posexplode", "(ARRAY<T> or MAP<K, V>) -> rows with positions", ""},
    {"posexplode_outer", "(ARRAY<T> or MAP<K, V>) -> rows with positions, one of NULLs for none", ""},
    {"inline", "(ARRAY<STRUCT>) -> rows", ""},
    {"inline_outer", "(ARRAY<STRUCT>) -> rows, one of NULLs for none", ""},
    {"stack", "(INT, T, …) -> rows", ""},
    {"json_tuple", "(STRING, STRING, …) -> one row of a column for each key", ""},
    {"window", "(TIMESTAMP, size [, slide [, offset]]) -> STRUCT<start, end>", ""},
    {"session_window", "(TIMESTAMP, gap) -> STRUCT<start, end>", ""},
});

constexpr auto kAggregates = std::to_array<FunctionNote>({
    {"median", "(DOUBLE) -> DOUBLE", "median(x) of 0, 10 -> 5.0"},
    {"mode", "(T [, BOOLEAN]) -> T", "mode(x) of 0, 10, 10 -> 10"},
    {"percentile", "(DOUBLE, fraction or ARRAY of them [, INT]) -> DOUBLE", "percentile(x, 0.3) of 0, 10 -> 3.0"},
    {"percentile_cont", "(fraction) WITHIN GROUP (ORDER BY DOUBLE) -> DOUBLE", "percentile_cont(0.25) WITHIN GROUP (ORDER BY x) of 0, 10 -> 2.5"},
    {"percentile_disc", "(fraction) WITHIN GROUP (ORDER BY T) -> T, DOUBLE of numbers", "percentile_disc(0.25) WITHIN GROUP (ORDER BY x) of 0, 10 -> 0.0"},
    {"percentile_approx", "(T, fraction or ARRAY of them [, INT]) -> T", "percentile_approx(x, array(0.5, 0.4, 0.1)) of 0, 1, 2, 10 -> [1, 1, 0]"},
    {"approx_percentile", "(T, fraction or ARRAY of them [, INT]) -> T", "approx_percentile(x, 0.5) of 0, 6, 7, 9, 10 -> 7"},
    {"histogram_numeric", "(T, INT) -> ARRAY<STRUCT<x: T, y: DOUBLE>>", "histogram_numeric(x, 2) of 0, 1, 10 -> [{0, 2.0}, {10, 1.0}]"},
});

}  // namespace

std::span<const FunctionNote> function_notes() { return kNotes; }
std::span<const FunctionNote> aggregate_notes() { return kAggregates; }

bool is_list_aggregate(std::string_view name) {
  return std::any_of(kAggregates.begin(), kAggregates.end(), [&](const FunctionNote& note) { return note.name == name; });
}

}  // namespace millrace

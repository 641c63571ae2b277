#include "compiler/functions/registry_row.h"
#include "compiler/functions/scalar_registry.h"
#include "compiler/functions/type_rules.h"
#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/calls/sort_key.h"

namespace millrace {

using namespace abi;

namespace {

using Rows = std::vector<ScalarFunction>;

void add_splitting(Rows& rows) {
  const SqlType strings = SqlType::array(TypeKind::String);
  rows.push_back(scalar<&mr_split>("split", "split('one  two', ' ') -> [one, , two]").returns(strings));
  rows.push_back(scalar<&mr_split_limited>("split", "split('a1b2c', '[0-9]', 2) -> [a, b2c]").returns(strings));
}

void add_searching(Rows& rows) {
  for (const char* name : {"size", "cardinality"}) {
    rows.push_back(packed<&mr_size>(name, "(ARRAY or MAP) -> INT", type_rule::size, 1, 1, "size(array('a', 'b')) -> 2"));
  }
  rows.push_back(packed<&mr_array_size>("array_size", "(ARRAY) -> INT", type_rule::array_size, 1, 1, "array_size(array(1, NULL)) -> 2"));
  rows.push_back(packed<&mr_array_contains>("array_contains", "(ARRAY<T>, T) -> BOOLEAN", type_rule::contains, 2, 2,
                                            "array_contains(array(1, 2, 3), 2) -> true"));
  rows.push_back(packed<&mr_array_position>("array_position", "(ARRAY<T>, T) -> BIGINT", type_rule::position, 2, 2,
                                            "array_position(array(312, 773, 708), 708) -> 3"));
  for (const char* name : {"element_at", "try_element_at"}) {
    rows.push_back(packed<&mr_array_element_at>(name, "(ARRAY<T>, INT) -> T", type_rule::element_of_array, 2, 2,
                                                "element_at(array('a', 'b', 'c'), -1) -> c"));
    rows.push_back(packed<&mr_map_element_at>(name, "(MAP<K, V>, K) -> V", type_rule::element_of_map, 2, 2,
                                              "element_at(map('a', 1, 'b', 2), 'b') -> 2"));
  }
  rows.push_back(packed<&mr_array_min>("array_min", "(ARRAY<T>) -> T", type_rule::extreme, 1, 1, "array_min(array(3, NULL, 1)) -> 1"));
  rows.push_back(packed<&mr_array_max>("array_max", "(ARRAY<T>) -> T", type_rule::extreme, 1, 1, "array_max(array(3, NULL, 1)) -> 3"));
  rows.push_back(packed<&mr_arrays_overlap>("arrays_overlap", "(ARRAY<T>, ARRAY<T>) -> BOOLEAN", type_rule::overlap, 2, 2,
                                            "arrays_overlap(array(1, 2, 3), array(3, 4)) -> true"));
  rows.push_back(packed<&mr_array_join>("array_join", "(ARRAY<STRING>, STRING [, STRING]) -> STRING", type_rule::join, 2, 3,
                                        "array_join(array('hello', NULL, 'world'), ' ', ',') -> hello , world"));
}

type_rule::Result order_of(const type_rule::Types& arguments) { return CallTypes{{arguments[0]}, TypeKind::Binary}; }

/// What the analyzer makes of string_agg, and of the order of nested values.
void add_internal(Rows& rows) {
  rows.push_back(packed<&mr_sort_key>("__sort_key", "", order_of, 1, 1, ""));
  rows.push_back(packed<&mr_string_agg>("__string_agg", "(ARRAY<STRING>, STRING) -> STRING", type_rule::join, 2, 2, ""));
}

void add_ordering(Rows& rows) {
  rows.push_back(packed<&mr_array_distinct>("array_distinct", "(ARRAY<T>) -> ARRAY<T>", type_rule::same_array, 1, 1,
                                            "array_distinct(array(1, 2, NULL, 1, NULL)) -> [1, 2, NULL]"));
  rows.push_back(packed<&mr_array_union>("array_union", "(ARRAY<T>, ARRAY<T>) -> ARRAY<T>", type_rule::arrays, 2, 2,
                                         "array_union(array(1, 2, 2), array(2, 3)) -> [1, 2, 3]"));
  rows.push_back(packed<&mr_array_intersect>("array_intersect", "(ARRAY<T>, ARRAY<T>) -> ARRAY<T>", type_rule::arrays, 2, 2,
                                             "array_intersect(array(1, 2, 3), array(3, 1)) -> [1, 3]"));
  rows.push_back(packed<&mr_array_except>("array_except", "(ARRAY<T>, ARRAY<T>) -> ARRAY<T>", type_rule::arrays, 2, 2,
                                          "array_except(array(1, 2, 3), array(3, 1)) -> [2]"));
  rows.push_back(packed<&mr_sort_array>("sort_array", "(ARRAY<T> [, BOOLEAN]) -> ARRAY<T>", type_rule::sorted, 1, 2,
                                        "sort_array(array('b', 'd', NULL, 'a'), true) -> [NULL, a, b, d]"));
  rows.push_back(packed<&mr_array_sort>("array_sort", "(ARRAY<T>) -> ARRAY<T>", type_rule::sorted, 1, 1,
                                        "array_sort(array('b', 'd', NULL, 'a')) -> [a, b, d, NULL]"));
  rows.push_back(packed<&mr_sort_by_orders>("__sort_by_orders", "", type_rule::sorted_by_orders, 2, 2, ""));
  rows.push_back(packed<&mr_array_reverse>("reverse", "(ARRAY<T>) -> ARRAY<T>", type_rule::same_array, 1, 1,
                                           "reverse(array(2, 1, 4)) -> [4, 1, 2]"));
}

void add_building(Rows& rows) {
  rows.push_back(packed<&mr_array_append>("array_append", "(ARRAY<T>, T) -> ARRAY<T>", type_rule::with_value, 2, 2,
                                          "array_append(array('b', 'a'), 'd') -> [b, a, d]"));
  rows.push_back(packed<&mr_array_prepend>("array_prepend", "(ARRAY<T>, T) -> ARRAY<T>", type_rule::with_value, 2, 2,
                                           "array_prepend(array('b', 'a'), 'd') -> [d, b, a]"));
  rows.push_back(packed<&mr_array_insert>("array_insert", "(ARRAY<T>, INT, T) -> ARRAY<T>", type_rule::with_value_at, 3, 3,
                                          "array_insert(array(1, 2, 3), 5, 4) -> [1, 2, 3, NULL, 4]"));
  rows.push_back(packed<&mr_array_compact>("array_compact", "(ARRAY<T>) -> ARRAY<T>", type_rule::same_array, 1, 1,
                                           "array_compact(array(1, NULL, 2)) -> [1, 2]"));
  rows.push_back(packed<&mr_array_remove>("array_remove", "(ARRAY<T>, T) -> ARRAY<T>", type_rule::with_value, 2, 2,
                                          "array_remove(array(1, 2, NULL, 2), 2) -> [1, NULL]"));
  rows.push_back(packed<&mr_array_repeat>("array_repeat", "(T, INT) -> ARRAY<T>", type_rule::repeated, 2, 2,
                                          "array_repeat('123', 2) -> [123, 123]"));
  rows.push_back(packed<&mr_array_concat>("concat", "(ARRAY<T>, …) -> ARRAY<T>", type_rule::arrays, 1, kAnyCount,
                                          "concat(array(1, 2), array(3), array(4)) -> [1, 2, 3, 4]"));
  rows.push_back(packed<&mr_array_flatten>("flatten", "(ARRAY<ARRAY<T>>) -> ARRAY<T>", type_rule::flat, 1, 1,
                                           "flatten(array(array(1, 2), array(3, 4))) -> [1, 2, 3, 4]"));
  rows.push_back(packed<&mr_array_slice>("slice", "(ARRAY<T>, INT, INT) -> ARRAY<T>", type_rule::slice, 3, 3,
                                         "slice(array(1, 2, 3, 4), -2, 2) -> [3, 4]"));
  rows.push_back(packed<&mr_arrays_zip>("arrays_zip", "(ARRAY<A>, ARRAY<B>, …) -> ARRAY<STRUCT<0: A, 1: B, …>>", type_rule::zipped, 1, kAnyCount,
                                        "arrays_zip(array(1, 2), array('a')) -> [{1, a}, {2, NULL}]"));
  rows.push_back(packed<&mr_sequence>("sequence", "(T, T [, T]) -> ARRAY<T>", type_rule::numbers, 2, 3, "sequence(5, 1, -2) -> [5, 3, 1]"));
  rows.push_back(packed<&mr_sequence_of_times>("sequence", "(T, T [, INTERVAL DAY TO SECOND]) -> ARRAY<T>", type_rule::times, 2, 3,
                                               "sequence(DATE '2020-03-20', DATE '2020-03-22') -> [2020-03-20, 2020-03-21, 2020-03-22]"));
  rows.push_back(packed<&mr_sequence_by_months>("sequence", "(T, T, INTERVAL YEAR TO MONTH) -> ARRAY<T>", type_rule::months, 3, 3,
                                                "sequence(DATE '2020-01-31', DATE '2020-03-31', INTERVAL '1' MONTH)"
                                                " -> [2020-01-31, 2020-02-29, 2020-03-31]"));
}

void add_maps(Rows& rows) {
  rows.push_back(packed<&mr_map_keys_array>("map_keys", "(MAP<K, V>) -> ARRAY<K>", type_rule::keys, 1, 1, "map_keys(map(1, 'a', 2, 'b')) -> [1, 2]"));
  rows.push_back(packed<&mr_map_values_array>("map_values", "(MAP<K, V>) -> ARRAY<V>", type_rule::values, 1, 1,
                                              "map_values(map(1, 'a', 2, 'b')) -> [a, b]"));
  rows.push_back(packed<&mr_map_entries>("map_entries", "(MAP<K, V>) -> ARRAY<STRUCT<key: K, value: V>>", type_rule::entries, 1, 1,
                                         "map_entries(map(1, 'a', 2, 'b')) -> [{1, a}, {2, b}]"));
  rows.push_back(packed<&mr_map_from_arrays>("map_from_arrays", "(ARRAY<K>, ARRAY<V>) -> MAP<K, V>", type_rule::map_of_arrays, 2, 2,
                                             "map_from_arrays(array(1, 3), array('2', '4')) -> {1 -> 2, 3 -> 4}"));
  rows.push_back(packed<&mr_map_from_entries>("map_from_entries", "(ARRAY<STRUCT<K, V>>) -> MAP<K, V>", type_rule::map_of_entries, 1, 1,
                                              "map_from_entries(array(struct(1, 'a'), struct(2, 'b'))) -> {1 -> a, 2 -> b}"));
  rows.push_back(packed<&mr_map_concat>("map_concat", "(MAP<K, V>, …) -> MAP<K, V>", type_rule::maps, 1, kAnyCount,
                                        "map_concat(map(1, 'a', 2, 'b'), map(3, 'c')) -> {1 -> a, 2 -> b, 3 -> c}"));
  rows.push_back(packed<&mr_map_contains_key>("map_contains_key", "(MAP<K, V>, K) -> BOOLEAN", type_rule::has_key, 2, 2,
                                              "map_contains_key(map(1, 'a', 2, 'b'), 3) -> false"));
  rows.push_back(packed<&mr_str_to_map>("str_to_map", "(STRING [, STRING [, STRING]]) -> MAP<STRING, STRING>", type_rule::map_of_text, 1, 3,
                                        "str_to_map('a:1,b:2') -> {a -> 1, b -> 2}"));
}

}  // namespace

void add_array_functions(std::vector<ScalarFunction>& rows) {
  add_splitting(rows);
  add_searching(rows);
  add_internal(rows);
  add_ordering(rows);
  add_building(rows);
  add_maps(rows);
}

}  // namespace millrace

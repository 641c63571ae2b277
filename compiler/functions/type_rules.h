#pragma once

#include <optional>
#include <vector>

#include "compiler/functions/signature.h"

/// The types of calls of functions on ARRAY and MAP values: what the arguments are cast to and what comes out. nullopt: the arguments do not fit.
namespace millrace::type_rule {

using Types = std::vector<SqlType>;
using Result = std::optional<CallTypes>;

/// The type of a part of a collection. Whether a field of a STRUCT may be NULL is not told apart there: two rows of one collection may differ.
SqlType part(SqlType type);

/// None follows from the arguments: the analyzer, which makes the call, knows them.
Result of_analyzer(const Types& arguments);
Result size(const Types& arguments);              ///< (ARRAY or MAP) -> INT
Result array_size(const Types& arguments);        ///< (ARRAY) -> INT
Result contains(const Types& arguments);          ///< (ARRAY<T>, T) -> BOOLEAN
Result position(const Types& arguments);          ///< (ARRAY<T>, T) -> BIGINT
Result element_of_array(const Types& arguments);  ///< (ARRAY<T>, INT) -> T
Result element_of_map(const Types& arguments);    ///< (MAP<K, V>, K) -> V
Result has_key(const Types& arguments);           ///< (MAP<K, V>, K) -> BOOLEAN
Result extreme(const Types& arguments);           ///< (ARRAY<T>) -> T, of a T that has an order
Result overlap(const Types& arguments);           ///< (ARRAY<T>, ARRAY<T>) -> BOOLEAN
Result join(const Types& arguments);              ///< (ARRAY<STRING>, STRING [, STRING]) -> STRING
Result same_array(const Types& arguments);        ///< (ARRAY<T>) -> ARRAY<T>
Result sorted_by_orders(const Types& arguments);  ///< (ARRAY<T>, ARRAY<ARRAY<BIGINT>>) -> ARRAY<T>
Result sorted(const Types& arguments);            ///< (ARRAY<T> [, BOOLEAN]) -> ARRAY<T>, of a T that has an order
Result arrays(const Types& arguments);            ///< (ARRAY<T>, …) -> ARRAY<T>
Result with_value(const Types& arguments);        ///< (ARRAY<T>, T) -> ARRAY<T>
Result with_value_at(const Types& arguments);     ///< (ARRAY<T>, INT, T) -> ARRAY<T>
Result repeated(const Types& arguments);          ///< (T, INT) -> ARRAY<T>
Result collected(const Types& arguments);         ///< (T) -> ARRAY<T>
Result joined(const Types& arguments);            ///< (STRING [, STRING]) -> STRING
Result flat(const Types& arguments);              ///< (ARRAY<ARRAY<T>>) -> ARRAY<T>
Result slice(const Types& arguments);             ///< (ARRAY<T>, INT, INT) -> ARRAY<T>
Result zipped(const Types& arguments);            ///< (ARRAY<A>, ARRAY<B>, …) -> ARRAY<STRUCT<0: A, 1: B, …>>
Result numbers(const Types& arguments);           ///< (T, T [, T]) -> ARRAY<T>, of an integer type
Result times(const Types& arguments);             ///< (T, T [, INTERVAL DAY TO SECOND]) -> ARRAY<T>, of DATE or TIMESTAMP
Result months(const Types& arguments);            ///< (T, T, INTERVAL YEAR TO MONTH) -> ARRAY<T>
Result keys(const Types& arguments);              ///< (MAP<K, V>) -> ARRAY<K>
Result values(const Types& arguments);            ///< (MAP<K, V>) -> ARRAY<V>
Result entries(const Types& arguments);           ///< (MAP<K, V>) -> ARRAY<STRUCT<key: K, value: V>>
Result map_of_arrays(const Types& arguments);     ///< (ARRAY<K>, ARRAY<V>) -> MAP<K, V>
Result map_of_entries(const Types& arguments);    ///< (ARRAY<STRUCT<K, V>>) -> MAP<K, V>
Result maps(const Types& arguments);              ///< (MAP<K, V>, …) -> MAP<K, V>
Result map_of_text(const Types& arguments);       ///< (STRING [, STRING [, STRING]]) -> MAP<STRING, STRING>

}  // namespace millrace::type_rule

#pragma once

#include <cstdint>

/// C++ types whose only purpose is that a runtime function's prototype tells its SQL signature: the compiler deduces
/// `INT mr_year(TIMESTAMP)` from `SqlInt mr_year(SqlTimestamp)`. Machine form and calling convention are int64_t's.
/// BIGINT is plain int64_t, DOUBLE is double, BOOLEAN is bool, STRING is const StringRef* (in) and StringRef* (out).
namespace millrace::abi {

enum class SqlInt : int64_t {};        ///< INT
enum class SqlDate : int64_t {};       ///< DATE: days since 1970-01-01
enum class SqlTimestamp : int64_t {};  ///< TIMESTAMP: microseconds since the epoch
enum class SqlMicros : int64_t {};     ///< INTERVAL DAY TO SECOND: microseconds
enum class SqlMonths : int64_t {};     ///< INTERVAL YEAR TO MONTH: months

/// Not a SQL value: the order of arrival of a row, passed to aggregates whose answer depends on it.
enum class Sequence : int64_t {};

}  // namespace millrace::abi

#pragma once

#include <cstdint>

#include "runtime/abi/decimal.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/string_ref.h"

/// Aggregates of values that may go again: the group keeps its values, in order, with how often each is there. Bodies in
/// runtime/state/value_counts.cpp.
namespace millrace::abi {

struct ValueCounts;

/// The values lie in the group table's arena; nullptr until the first one.
struct ValueCountsState {
  ValueCounts* values;
};

extern "C" {

/// The value comes `weight` times, or below 0 goes. Strings are copied. NaN is the largest DOUBLE, -0.0 is 0.0.
void mr_values_add_int(GroupTable* table, ValueCountsState* state, int64_t value, int64_t weight) noexcept;
void mr_values_add_boolean(GroupTable* table, ValueCountsState* state, bool value, int64_t weight) noexcept;
void mr_values_add_double(GroupTable* table, ValueCountsState* state, double value, int64_t weight) noexcept;
void mr_values_add_decimal(GroupTable* table, ValueCountsState* state, const Decimal* value, int64_t weight) noexcept;
void mr_values_add_string(GroupTable* table, ValueCountsState* state, const StringRef* value, int64_t weight) noexcept;
void mr_values_merge(GroupTable* table, ValueCountsState* into, const ValueCountsState* from) noexcept;

/// The least and the greatest value that is there; false: none is.
bool mr_values_min_int(const ValueCountsState* state, int64_t* out) noexcept;
bool mr_values_max_int(const ValueCountsState* state, int64_t* out) noexcept;
bool mr_values_min_boolean(const ValueCountsState* state, bool* out) noexcept;
bool mr_values_max_boolean(const ValueCountsState* state, bool* out) noexcept;
bool mr_values_min_double(const ValueCountsState* state, double* out) noexcept;
bool mr_values_max_double(const ValueCountsState* state, double* out) noexcept;
bool mr_values_min_decimal(const ValueCountsState* state, Decimal* out) noexcept;
bool mr_values_max_decimal(const ValueCountsState* state, Decimal* out) noexcept;
bool mr_values_min_string(const ValueCountsState* state, StringRef* out) noexcept;
bool mr_values_max_string(const ValueCountsState* state, StringRef* out) noexcept;
/// How many different ones there are.
int64_t mr_values_count(const ValueCountsState* state) noexcept;

}  // extern "C"

}  // namespace millrace::abi

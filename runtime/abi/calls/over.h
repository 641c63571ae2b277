#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/group_table.h"

/// Window functions: rows are kept, put in order by partition, and given what the functions say; then they are read again. Bodies in
/// runtime/state/over_state.cpp. None throws.
namespace millrace::abi {

struct OverState;

extern "C" {

/// A new row, zero; the caller writes its fields, the results' apart.
char* mr_over_append(OverState* state) noexcept;
const char* mr_over_keep(OverState* state, const char* bytes, int64_t size) noexcept;
/// Computes the functions of all rows; returns how many rows there are.
int64_t mr_over_evaluate(PipelineContext* ctx, OverState* state) noexcept;
/// The rows, by partition and order, after mr_over_evaluate.
char* const* mr_over_rows(const OverState* state) noexcept;
/// Copies the bytes of a result: they live until the functions are computed again.
const char* mr_over_keep_result(OverState* state, const char* bytes, int64_t size) noexcept;

}  // extern "C"

// Generated for each aggregate. Strings that its states keep lie in `memory`, until the next partition.

/// Adds a row unless its FILTER or a NULL forbids; `number` is the row's in its partition.
using OverAddFn = void (*)(PipelineContext* ctx, GroupTable* memory, char* state, const char* row, int64_t number);
/// `from` has rows behind those of `into`.
using OverMergeFn = void (*)(PipelineContext* ctx, GroupTable* memory, char* into, const char* from);
/// Writes the result into the row's field.
using OverFinishFn = void (*)(PipelineContext* ctx, OverState* over, const char* state, char* row);

}  // namespace millrace::abi

#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/session.h"

/// Operations on the state of an aggregate by session (TimeKind::Session) that generated code calls. AggregateState::current is its
/// table of keys. Bodies in runtime/state/session_state.cpp; none throws.
namespace millrace::abi {

extern "C" {

/// The session of `key` that a row at `time_us` belongs to: found, lengthened, made, or merged from two that the row joins. It
/// becomes the key's current one. Valid until the next call or the batch's end.
Session* mr_session_find(PipelineContext* ctx, AggregateState* state, GroupEntry* key, int64_t time_us) noexcept;
/// Appends a session to the list of those changed in this batch; the caller has set its entry's `touched`.
void mr_session_touch(AggregateState* state, Session* session) noexcept;

/// As mr_aggregate_emit_begin, …_unit and …_end; each session is a unit, in order of start (of end where closed ones are shown).
int64_t mr_session_emit_begin(PipelineContext* ctx, AggregateState* state) noexcept;
const EmitUnit* mr_session_emit_unit(PipelineContext* ctx, AggregateState* state, int64_t i) noexcept;
void mr_session_emit_end(PipelineContext* ctx, AggregateState* state) noexcept;

}  // extern "C"

}  // namespace millrace::abi

#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/stream_join.h"

/// What generated code does with the kept rows of joins of two streams besides probing. Bodies in runtime/state; none throws.
namespace millrace::abi {

extern "C" {

/// A new row; the caller writes its fields. Not `linked`: its key matches nothing, it waits for its end alone.
StreamJoinRow* mr_stream_join_insert(StreamJoinTable* table, uint64_t hash, int64_t expires_us, bool linked, bool matched) noexcept;
/// Copies bytes to where they live as long as the row that was inserted last.
const char* mr_stream_join_keep(StreamJoinTable* table, const char* bytes, int64_t size) noexcept;
/// Takes a row out of its chain: it has had the one match that counts, and is not to be met again.
void mr_stream_join_unlink(StreamJoinTable* table, StreamJoinRow* row) noexcept;

/// Ends the time of the rows that ctx->next_watermark_us has reached; returns how many of them had no match.
int64_t mr_stream_join_expire(PipelineContext* ctx, StreamJoinTable* table) noexcept;
/// Those, in order of their end, equal ones in order of arrival; valid until the batch has ended.
StreamJoinRow* const* mr_stream_join_expired(const StreamJoinTable* table) noexcept;

}  // extern "C"

}  // namespace millrace::abi

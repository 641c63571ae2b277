#include "runtime/abi/calls/state.h"
#include "runtime/state/arena.h"
#include "runtime/state/group_table.h"

/// Where SQL functions and aggregates get memory from: an object file of its own, so that tests of them can link one of theirs in its place.
namespace millrace::abi {

extern "C" {

char* mr_scratch(PipelineContext* ctx, int64_t size) noexcept { return ctx->scratch->take(size); }

const char* mr_group_keep(GroupTable* table, const char* bytes, int64_t size) noexcept {
  return static_cast<millrace::GroupTable*>(table)->arena().copy(bytes, size);
}

}  // extern "C"

}  // namespace millrace::abi

#pragma once

#include <cstdint>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/group_table.h"
#include "runtime/hot/mr_hot.h"

/// Writing down what is to be added to groups later.
namespace millrace::abi {

/// A new record of `size` bytes, not cleared. Valid until the next one: the log may move.
MR_HOT char* mr_log_append(UpdateLog* log, int64_t size) noexcept {
  if (__builtin_expect(log->limit - log->next < size, 0)) return mr_log_grow(log, size);
  char* record = log->next;
  log->next = record + size;
  return record;
}

}  // namespace millrace::abi

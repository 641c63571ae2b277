#pragma once

#include <cstdint>

#include "runtime/abi/session.h"
#include "runtime/hot/mr_hot.h"

/// The common case of a row in a session: it lies within or just behind the session of the row before it.
namespace millrace::abi {

/// Where a session of a single row would end.
MR_HOT int64_t mr_session_end(int64_t time_us, int64_t gap_us) noexcept {
  int64_t end = 0;
  return __builtin_add_overflow(time_us, gap_us, &end) ? INT64_MAX : end;
}

/// Takes a row at `time_us`, alone until `end_us`, into the session, if that neither begins earlier then nor meets the next one.
MR_HOT bool mr_session_extend(Session* session, int64_t time_us, int64_t end_us) noexcept {
  if (session == nullptr || time_us < session->start_us || time_us > session->end_us || end_us >= session->next_start_us) return false;
  session->end_us = end_us > session->end_us ? end_us : session->end_us;
  return true;
}

}  // namespace millrace::abi

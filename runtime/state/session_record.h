#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "runtime/base/memory.h"
#include "runtime/state/session_state.h"

namespace millrace {

/// A session as SessionState keeps it.
struct SessionState::Session : abi::Session {
  explicit Session(uint32_t entry_size)
      : abi::Session{nullptr, static_cast<abi::GroupEntry*>(allocate_zeroed(entry_size)), 0, 0, INT64_MAX} {}
  ~Session() { std::free(entry); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  abi::GroupEntry* key = nullptr;
  int64_t arrival = 0;     ///< of its first row, among the sessions' first rows
  bool in_use = false;
  bool is_waiting = false; ///< some item of the queue points here
  std::unique_ptr<GroupTable> strings;
};

}  // namespace millrace

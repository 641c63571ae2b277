#pragma once

#include <cstdint>

#include "runtime/abi/group_table.h"

namespace millrace::abi {

/// A session of one key: rows at most a gap apart, and the gap behind the last. [start_us, end_us); sessions that touch are one.
/// Made and freed by SessionState; one thread.
struct Session {
  GroupTable* memory;      ///< its arena holds the strings and sets of the states; nullptr when no aggregate needs one
  GroupEntry* entry;       ///< the aggregates' states, at the offsets of a group's; its keys are filled in when it is shown
  int64_t start_us;
  int64_t end_us;
  int64_t next_start_us;   ///< where the key's next session begins; INT64_MAX: nowhere
};

/// What follows the keys in an entry of the table of keys.
struct SessionsOfKey {
  Session* current;  ///< that of the key's last row; nullptr: none
  void* all;         ///< the key's sessions; SessionState's own
};

}  // namespace millrace::abi

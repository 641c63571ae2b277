#pragma once

#include <cstdint>

namespace millrace::abi {

/// A row that one side of a join of two streams keeps until the watermark says that nothing can match it any more; its fields
/// follow.
struct StreamJoinRow {
  StreamJoinRow* next;      ///< next of the same chain, in order of arrival
  StreamJoinRow* previous;
  int64_t expires_us;       ///< nothing can match it once the watermark is here; INT64_MAX: until the streams end
  int64_t sequence;         ///< number of its arrival
  uint32_t hash;            ///< low half of the key's hash
  bool matched;             ///< it has had a match: no outer row is made of it
  bool linked;              ///< it is in a chain
};

struct StreamJoinChain {
  StreamJoinRow* head;
  StreamJoinRow* tail;
};

/// What one side of a join of two streams keeps, hashed by its key: the chain of a hash is `hash & mask`. Generated code probes it by
/// itself. Made and freed by runtime/state; one thread.
struct StreamJoinTable {
  StreamJoinChain* chains;
  uint64_t mask;
};

}  // namespace millrace::abi

#pragma once

#include <cstdint>
#include <vector>

#include "runtime/abi/group_table.h"
#include "runtime/abi/state_spec.h"
#include "runtime/state/arena.h"

namespace millrace {

/// The build side of a hash join: rows are inserted, then `finish` hangs them into buckets, then it is only read. Owned by a query's
/// states; one thread until finished, any number afterwards.
class JoinTable : public abi::JoinTable {
 public:
  explicit JoinTable(const abi::JoinSpec& spec);

  abi::JoinTuple* insert(uint64_t hash) noexcept;
  /// Builds the buckets, at a load of at most one half, of a few rows far less; rows of one bucket in order of arrival.
  void finish();
  void clear() noexcept;

  abi::Arena& arena() { return arena_; }
  abi::JoinTuple* const* rows() const { return tuples_.data(); }
  int64_t memory_bytes() const {
    return arena_.reserved_bytes() + static_cast<int64_t>((tuples_.capacity() + bucket_heads_.capacity()) * sizeof(abi::JoinTuple*));
  }

 private:
  abi::JoinSpec spec_;
  std::vector<abi::JoinTuple*> tuples_;
  std::vector<abi::JoinTuple*> bucket_heads_;
  abi::Arena arena_;
};

}  // namespace millrace

#include "runtime/state/join_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/abi/calls/state.h"

namespace millrace {

JoinTable::JoinTable(const abi::JoinSpec& spec) : abi::JoinTable{nullptr, 0, 0}, spec_(spec) { finish(); }

abi::JoinTuple* JoinTable::insert(uint64_t hash) noexcept {
  auto* tuple = reinterpret_cast<abi::JoinTuple*>(arena_.take(spec_.tuple_size));
  std::memset(tuple, 0, spec_.tuple_size);
  tuple->hash = hash;
  tuples_.push_back(tuple);
  ++count;
  return tuple;
}

void JoinTable::finish() {
  // A few rows get many buckets, as long as those stay in the first-level cache: which rows have company in their bucket is chance, and a branch
  // that goes by it is mispredicted.
  constexpr size_t kRoomyBucketsMax = 2048;
  const size_t needed = std::bit_ceil(tuples_.size() * 2 + 1);
  const size_t roomy = std::min(std::bit_ceil(tuples_.size() * 32 + 1), kRoomyBucketsMax);
  bucket_heads_.assign(std::max(needed, roomy), nullptr);
  buckets = bucket_heads_.data();
  mask = bucket_heads_.size() - 1;
  for (size_t i = tuples_.size(); i-- > 0;) {  // backwards, as each goes to the head of its bucket
    abi::JoinTuple* tuple = tuples_[i];
    tuple->next = buckets[tuple->hash & mask];
    buckets[tuple->hash & mask] = tuple;
  }
}

void JoinTable::clear() noexcept {
  tuples_.clear();
  count = 0;
  arena_.reset();
  finish();
}

}  // namespace millrace

namespace millrace::abi {

extern "C" {

JoinTuple* mr_join_insert(JoinTable* table, uint64_t hash) noexcept {
  return static_cast<millrace::JoinTable*>(table)->insert(hash);
}

const char* mr_join_keep(JoinTable* table, const char* bytes, int64_t size) noexcept {
  return static_cast<millrace::JoinTable*>(table)->arena().copy(bytes, size);
}

JoinTuple* const* mr_join_rows(const JoinTable* table) noexcept {
  return static_cast<const millrace::JoinTable*>(table)->rows();
}

}  // extern "C"

}  // namespace millrace::abi

#include "runtime/state/arena.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/memory.h"
#include "runtime/base/state_memory.h"

namespace millrace::abi {

namespace {

constexpr size_t kFirstBlock = size_t{1} << 10;
constexpr size_t kLargestBlock = size_t{1} << 20;
// An arena of this size is a state, not a batch's: its blocks are to lie on huge pages.
constexpr int64_t kLargeArena = int64_t{16} << 20;

}  // namespace

Arena::~Arena() {
  for (const Block& block : blocks_) free_state(block.begin, block.size);
}

const char* Arena::copy(const char* bytes, int64_t size) noexcept {
  char* memory = take(size);
  if (size > 0) std::memcpy(memory, bytes, static_cast<size_t>(size));
  return memory;
}

char* Arena::take_from_new_block(size_t rounded) noexcept {
  size_t last = blocks_.empty() ? kFirstBlock / 2 : blocks_.back().size;
  size_t largest = reserved_bytes_ >= kLargeArena ? kHugePageBytes : kLargestBlock;
  size_t size = whole_block_bytes(std::max(std::min(last * 2, largest), rounded));
  char* begin = static_cast<char*>(size < kHugePageBytes ? allocate(size) : allocate_state(size));
  blocks_.push_back({begin, size});
  reserved_bytes_ += static_cast<int64_t>(size);
  next_ = begin + rounded;
  limit_ = begin + size;
  return begin;
}

void Arena::drop_all_but_largest() noexcept {
  auto by_size = [](const Block& a, const Block& b) { return a.size < b.size; };
  std::swap(blocks_.front(), *std::max_element(blocks_.begin(), blocks_.end(), by_size));
  for (size_t i = 1; i < blocks_.size(); ++i) free_state(blocks_[i].begin, blocks_[i].size);
  blocks_.resize(1);
  reserved_bytes_ = static_cast<int64_t>(blocks_.front().size);
  limit_ = blocks_.front().begin + blocks_.front().size;
}

}  // namespace millrace::abi

#include "runtime/state/arena.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/abi/calls/state.h"
#include "runtime/base/memory.h"

namespace millrace::abi {

namespace {

constexpr size_t kFirstBlock = size_t{1} << 10;
constexpr size_t kLargestBlock = size_t{1} << 20;

}  // namespace

Arena::~Arena() {
  for (const Block& block : blocks_) std::free(block.begin);
}

const char* Arena::copy(const char* bytes, int64_t size) noexcept {
  char* memory = take(size);
  if (size > 0) std::memcpy(memory, bytes, static_cast<size_t>(size));
  return memory;
}

char* Arena::take_from_new_block(size_t rounded) noexcept {
  size_t last = blocks_.empty() ? kFirstBlock / 2 : blocks_.back().size;
  size_t size = std::max(std::min(last * 2, kLargestBlock), rounded);
  char* begin = static_cast<char*>(allocate(size));
  blocks_.push_back({begin, size});
  reserved_bytes_ += static_cast<int64_t>(size);
  next_ = begin + rounded;
  limit_ = begin + size;
  return begin;
}

void Arena::drop_all_but_largest() noexcept {
  auto by_size = [](const Block& a, const Block& b) { return a.size < b.size; };
  std::swap(blocks_.front(), *std::max_element(blocks_.begin(), blocks_.end(), by_size));
  for (size_t i = 1; i < blocks_.size(); ++i) std::free(blocks_[i].begin);
  blocks_.resize(1);
  reserved_bytes_ = static_cast<int64_t>(blocks_.front().size);
  limit_ = blocks_.front().begin + blocks_.front().size;
}

extern "C" char* mr_scratch(PipelineContext* ctx, int64_t size) noexcept { return ctx->scratch->take(size); }

}  // namespace millrace::abi

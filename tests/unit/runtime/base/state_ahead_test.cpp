#include "runtime/base/state_ahead.h"

#include <algorithm>
#include <cstddef>
#include <thread>

#include <catch2/catch.hpp>

#include "runtime/base/state_memory.h"

namespace {

using namespace millrace;

bool is_zero(const void* block, size_t bytes) {
  const char* from = static_cast<const char*>(block);
  return std::all_of(from, from + bytes, [](char byte) { return byte == 0; });
}

}  // namespace

TEST_CASE("a block that was prepared is brought in by itself, zeroed, and is the one that is taken") {
  for (size_t bytes : {kHugePageBytes, kHugePageBytes * 3, kHugePageBytes * 2 + 5}) {
    StateAhead ahead;
    CHECK(ahead.is_ready());
    ahead.prepare(bytes);
    CHECK(ahead.bytes() == bytes);
    while (!ahead.is_ready()) std::this_thread::yield();
    ahead.prepare(bytes);  // it is there
    CHECK(ahead.is_ready());
    void* block = ahead.take(bytes);
    CHECK(ahead.bytes() == 0);
    CHECK(is_zero(block, bytes));
    free_state(block, bytes);
  }
}

TEST_CASE("a block may be used and freed while it is brought in") {
  constexpr size_t kBytes = kHugePageBytes * 16;
  for (int round = 0; round < 20; ++round) {
    StateAhead ahead;
    ahead.prepare(kBytes);
    auto* block = static_cast<char*>(ahead.take(kBytes));
    for (size_t at = 0; at < kBytes; at += 4096) block[at] = 7;
    CHECK(std::count(block, block + kBytes, 7) == kBytes / 4096);
    free_state(block, kBytes);
  }
}

TEST_CASE("a block of a growing table may be given back while others are mapped") {
  constexpr size_t kBytes = kHugePageBytes * 4;
  const size_t blocks = large_state_blocks().size();
  for (int round = 0; round < 50; ++round) {
    StateAhead first, second;
    first.prepare(kBytes);
    second.prepare(kBytes * 2);
    auto* block = static_cast<char*>(first.take(kBytes));
    block[0] = block[kBytes - 1] = 7;
    CHECK(large_state_blocks().size() == blocks + 1);
    free_state_behind(block, kBytes);
    CHECK(large_state_blocks().size() == blocks);
  }
}

TEST_CASE("another size than was prepared is allocated, and what is not taken is given back") {
  StateAhead ahead;
  ahead.prepare(kHugePageBytes * 8);
  void* other = ahead.take(kHugePageBytes);
  CHECK(is_zero(other, kHugePageBytes));
  free_state(other, kHugePageBytes);
  CHECK(ahead.bytes() == kHugePageBytes * 8);
  const size_t blocks = large_state_blocks().size();
  ahead.prepare(kHugePageBytes * 2);
  CHECK(large_state_blocks().size() == blocks);  // in its place
  CHECK(ahead.bytes() == kHugePageBytes * 2);
  StateAhead small;
  small.prepare(kHugePageBytes - 1);
  CHECK(small.bytes() == 0);
}

#include <cstring>
#include <deque>
#include <vector>

#include "runtime/abi/calls/state.h"

// Stands in for runtime/state in tests of functions: memory that lives until the test program ends.
namespace millrace::abi {

namespace {

char* take(int64_t size) {
  static std::deque<std::vector<char>> blocks;
  blocks.emplace_back(static_cast<size_t>(size) + 1);
  return blocks.back().data();
}

}  // namespace

extern "C" {

char* mr_scratch(PipelineContext*, int64_t size) noexcept { return take(size); }

const char* mr_group_keep(GroupTable*, const char* bytes, int64_t size) noexcept {
  char* copy = take(size);
  std::memcpy(copy, bytes, static_cast<size_t>(size));
  return copy;
}

}  // extern "C"

}  // namespace millrace::abi

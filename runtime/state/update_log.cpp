#include "runtime/state/update_log.h"

#include <algorithm>
#include <cstdlib>

#include "runtime/abi/calls/state.h"
#include "runtime/base/memory.h"

namespace millrace {

namespace {

constexpr int64_t kFirstBytes = int64_t{64} << 10;

}  // namespace

UpdateLog::~UpdateLog() { std::free(begin_); }

char* UpdateLog::grow(int64_t record_size) noexcept {
  int64_t used = bytes();
  int64_t capacity = std::max({kFirstBytes, (limit - begin_) * 2, record_size});
  void* grown = std::realloc(begin_, static_cast<size_t>(capacity));
  if (grown == nullptr) out_of_memory(static_cast<size_t>(capacity));
  begin_ = static_cast<char*>(grown);
  limit = begin_ + capacity;
  next = begin_ + used + record_size;
  return begin_ + used;
}

void UpdateLog::clear() noexcept {
  next = begin_;
  arena_.reset();
}

}  // namespace millrace

namespace millrace::abi {

extern "C" {

char* mr_log_grow(UpdateLog* log, int64_t size) noexcept { return static_cast<millrace::UpdateLog*>(log)->grow(size); }

const char* mr_log_keep(UpdateLog* log, const char* bytes, int64_t size) noexcept {
  return static_cast<millrace::UpdateLog*>(log)->arena().copy(bytes, size);
}

}  // extern "C"

}  // namespace millrace::abi

#include "runtime/base/state_memory.h"

#include <sys/mman.h>
#include <time.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <mutex>

#include "runtime/base/memory.h"

namespace millrace {

namespace {

// From Linux 6.1 on; older ones refuse it, and pages stay small. Debian 12's headers do not have the name.
constexpr int kCollapse = 25;
/// Between two huge pages, so that who is waiting for the process's memory map gets it.
constexpr timespec kCollapsePause{0, 500'000};

/// The large blocks of the process, as the allocator of the C library knows its own: states of all threads lie there, and a copy of the process copies them all.
struct Registry {
  std::mutex mutex;
  std::map<char*, size_t> blocks;
};

Registry& registry() {
  static auto* const the = new Registry;  // never destroyed: states of other threads may outlive main's statics
  return *the;
}

}  // namespace

void* map_state(size_t bytes) noexcept {
  const size_t whole = whole_block_bytes(bytes);
  void* mapped = ::mmap(nullptr, whole + kHugePageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* const begin = static_cast<char*>(mapped);
  const size_t before = (kHugePageBytes - reinterpret_cast<uintptr_t>(begin) % kHugePageBytes) % kHugePageBytes;
  if (before > 0) ::munmap(begin, before);
  ::munmap(begin + before + whole, kHugePageBytes - before);
  (void)::madvise(begin + before, whole, MADV_HUGEPAGE);
  return begin + before;
}

void unmap_state(void* block, size_t bytes) noexcept { ::munmap(block, whole_block_bytes(bytes)); }

void note_state(void* block, size_t bytes) noexcept {
  const std::lock_guard lock(registry().mutex);
  registry().blocks.emplace(static_cast<char*>(block), whole_block_bytes(bytes));
}

void forget_state(void* block) noexcept {
  const std::lock_guard lock(registry().mutex);
  registry().blocks.erase(static_cast<char*>(block));
}

void* allocate_state(size_t bytes) noexcept {
  if (bytes < kHugePageBytes) return allocate_zeroed(bytes);
  void* block = map_state(bytes);
  if (block == nullptr) out_of_memory(bytes);
  note_state(block, bytes);
  return block;
}

void free_state(void* block, size_t bytes) noexcept {
  if (bytes < kHugePageBytes) return std::free(block);
  forget_state(block);
  unmap_state(block, bytes);
}

std::vector<MemoryRange> large_state_blocks() {
  const std::lock_guard lock(registry().mutex);
  std::vector<MemoryRange> blocks;
  blocks.reserve(registry().blocks.size());
  for (const auto& [begin, bytes] : registry().blocks) blocks.push_back({begin, bytes});
  return blocks;
}

void abandon_state(const std::vector<MemoryRange>& blocks) noexcept {
  for (const MemoryRange& block : blocks) ::munmap(block.begin, block.bytes);
}

void restore_huge_pages(const std::vector<MemoryRange>& blocks) noexcept {
  for (const MemoryRange& block : blocks) {
    for (size_t at = 0; at < block.bytes; at += kHugePageBytes) {
      (void)::madvise(block.begin + at, kHugePageBytes, kCollapse);
      ::nanosleep(&kCollapsePause, nullptr);
    }
  }
}

}  // namespace millrace

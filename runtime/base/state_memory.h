#pragma once

#include <cstddef>
#include <vector>

namespace millrace {

/// Memory that states lie in. Large blocks lie on huge pages of their own where the system has some: what is looked up in them at random misses the TLB less,
/// and a copy of the process (fork, by which checkpoints are made) has 512 times fewer pages to be told of. Any thread.
constexpr size_t kHugePageBytes = size_t{2} << 20;

/// What to ask for rather than `bytes`, so that nothing of a large block is left over.
constexpr size_t whole_block_bytes(size_t bytes) {
  return bytes < kHugePageBytes ? bytes : (bytes + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
}

/// Zeroed, never nullptr: without memory the process ends.
void* allocate_state(size_t bytes) noexcept;
/// `bytes` as they were asked for.
void free_state(void* block, size_t bytes) noexcept;

/// The parts of the two above for large blocks, `bytes` as they were asked for: mapping takes as long as the system's other work on the process's memory map, so that another
/// thread may do that; which blocks there are is said by the one whose states lie in them.
void* map_state(size_t bytes) noexcept;  ///< nullptr: there is no memory
void unmap_state(void* block, size_t bytes) noexcept;
void note_state(void* block, size_t bytes) noexcept;  ///< it is one of the large blocks from now on
void forget_state(void* block) noexcept;              ///< and from now on none

struct MemoryRange {
  char* begin;
  size_t bytes;
};

/// The large blocks that there are.
std::vector<MemoryRange> large_state_blocks();

/// Gives the blocks back to the system, whoever holds them. For a copy of the process that needs no state any more: the process itself then changes its pages without
/// copying them first.
void abandon_state(const std::vector<MemoryRange>& blocks) noexcept;

/// Pages that a copy of the process has made small (those that were changed while it lived) are put together again, so that the next copy is as quick to make as the
/// first one was. For a thread of its own: takes about half a second for 1 GB. Blocks that are gone meanwhile do no harm.
void restore_huge_pages(const std::vector<MemoryRange>& blocks) noexcept;

}  // namespace millrace

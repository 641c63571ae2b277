#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace millrace {

/// Which file has the checkpoint of a number.
using PathOfNumber = std::function<std::string(int64_t)>;

/// Where a block of a snapshot lies, as the file has it (README.md).
struct BlockPlace {
  uint64_t offset;      ///< in its file
  uint32_t size;
  uint32_t checksum;    ///< CRC-32C
  uint64_t hash;        ///< `block_hash`, 0 of small ones
  uint32_t steps_back;  ///< 0: it lies in the same file; else in that of the checkpoint so many numbers before
  uint32_t reserved;
};

/// The end of a snapshot's file: which blocks it consists of.
struct SnapshotIndex {
  uint64_t seed = 0;  ///< of `block_hash`; goes from checkpoint to checkpoint
  uint64_t payload_bytes = 0;
  std::vector<BlockPlace> blocks;

  /// Looks at the front and the end of a file, not at its blocks.
  static Result<SnapshotIndex> read(const std::string& path);
  /// The same of a file in memory; `name` is for messages.
  static Result<SnapshotIndex> of(std::string_view file, const std::string& name);
};

struct SnapshotHeader {
  char magic[8];
  uint32_t version;
  uint32_t checksum;  ///< of what stands before it
};

struct SnapshotEnd {
  uint64_t index_offset;
  uint64_t blocks;
  uint64_t payload_bytes;
  uint64_t seed;
  uint32_t index_checksum;
  uint32_t checksum;  ///< of what stands before it
};

SnapshotHeader snapshot_header();
uint32_t checksum_of(const SnapshotEnd& end);

/// That two blocks of the same size, checksum and hash are different is a matter of 2^-96; nobody who does not know the seed can make two.
uint64_t block_hash(uint64_t seed, std::string_view block);

}  // namespace millrace

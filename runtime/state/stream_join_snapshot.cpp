#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

#include "runtime/state/owned_memory.h"
#include "runtime/state/stream_join_table.h"

namespace millrace {

namespace {

constexpr uint32_t kStreamJoinMark = snapshot_mark("JOIN");

}  // namespace

void StreamJoinTable::snapshot(SnapshotWriter& writer) const {
  OwnedMemory owned(spec_.owned);
  std::vector<char> bytes(spec_.row_size);
  writer.begin(kStreamJoinMark);
  writer.put(spec_.row_size);
  writer.put(next_sequence_);
  writer.put(most_rows_);
  writer.put(most_bytes_);
  writer.put(static_cast<uint64_t>(row_count_));
  for (const auto& [index, segment] : segments_) {
    segment->for_each_kept_row([&](const abi::StreamJoinRow* row) {
      // The chains are made anew when it is read.
      std::memcpy(bytes.data(), row, bytes.size());
      std::memset(bytes.data(), 0, offsetof(abi::StreamJoinRow, expires_us));
      owned.write(writer, bytes.data(), bytes.size());
    });
  }
}

/// Rows lie in the snapshot by segment; their chains are in order of arrival.
void StreamJoinTable::restore(SnapshotReader& reader) {
  reader.expect(kStreamJoinMark);
  if (reader.get<uint32_t>() != spec_.row_size && reader.ok()) reader.fail("the snapshot has rows of another size");
  next_sequence_ = reader.get<int64_t>();
  most_rows_ = rows_when_measured_ = reader.get<int64_t>();
  most_bytes_ = reader.get<int64_t>();
  const uint64_t rows = reader.get_count(spec_.row_size);
  std::vector<char> bytes(spec_.row_size);
  std::vector<abi::StreamJoinRow*> linked;
  for (uint64_t i = 0; i < rows && reader.ok(); ++i) {
    if (!reader.read(bytes.data(), bytes.size())) break;
    int64_t expires_us = 0;
    std::memcpy(&expires_us, bytes.data() + offsetof(abi::StreamJoinRow, expires_us), sizeof expires_us);
    StreamJoinSegment* segment = segment_of(expires_us);
    abi::StreamJoinRow* row = segment->take_row();
    std::memcpy(static_cast<void*>(row), bytes.data(), bytes.size());
    row->matched = bytes[offsetof(abi::StreamJoinRow, matched)] != 0;  // whatever byte stands there
    row->linked = bytes[offsetof(abi::StreamJoinRow, linked)] != 0;
    ++row_count_;
    OwnedMemory owned(spec_.owned);
    if (!owned.read(reader, reinterpret_cast<char*>(row), segment->strings(), nullptr)) break;
    if (row->linked) linked.push_back(row);
  }
  if (!reader.ok()) return;
  chain_heads_.assign(std::max<size_t>(chain_heads_.size(), std::bit_ceil(linked.size() + 1)), {nullptr, nullptr});
  chains = chain_heads_.data();
  mask = chain_heads_.size() - 1;
  auto earlier = [](const abi::StreamJoinRow* a, const abi::StreamJoinRow* b) { return a->sequence < b->sequence; };
  std::sort(linked.begin(), linked.end(), earlier);
  for (abi::StreamJoinRow* row : linked) link(row);
  linked_count_ = linked.size();
}

}  // namespace millrace

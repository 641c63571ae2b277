#include "runtime/state/owned_memory.h"
#include "runtime/state/tuple_buffer.h"

namespace millrace::abi {

namespace {

constexpr uint32_t kTupleBufferMark = snapshot_mark("ROWS");

}  // namespace

void TupleBuffer::snapshot_row(SnapshotWriter& writer, const char* row) const {
  OwnedMemory(spec_.owned).write(writer, row, spec_.tuple_size);
}

void TupleBuffer::snapshot(SnapshotWriter& writer) const {
  writer.begin(kTupleBufferMark);
  writer.put(spec_.tuple_size);
  writer.put(static_cast<uint64_t>(rows_.size()));
  writer.begin_block();  // rows that were added last come last
  for (const char* row : rows_) snapshot_row(writer, row);
}

char* TupleBuffer::restore_row(SnapshotReader& reader) {
  char* row = append();
  OwnedMemory owned(spec_.owned);
  if (reader.read(row, spec_.tuple_size) && owned.read(reader, row, *arena_, nullptr)) return row;
  rows_.pop_back();
  return nullptr;
}

void TupleBuffer::restore(SnapshotReader& reader) {
  clear();
  reader.expect(kTupleBufferMark);
  if (reader.get<uint32_t>() != spec_.tuple_size && reader.ok()) reader.fail("the snapshot has rows of another size");
  const uint64_t rows = reader.get_count(spec_.tuple_size);
  for (uint64_t i = 0; i < rows && reader.ok(); ++i) (void)restore_row(reader);
}

}  // namespace millrace::abi

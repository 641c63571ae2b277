#include <cstring>
#include <vector>

#include "runtime/state/over_state.h"
#include "runtime/state/owned_memory.h"

namespace millrace::abi {

namespace {

constexpr uint32_t kOverMark = snapshot_mark("OVER");

std::vector<OwnedField> owned_texts(const std::vector<uint32_t>& texts) {
  std::vector<OwnedField> owned;
  for (const uint32_t offset : texts) owned.push_back({offset, OwnedKind::Text});
  return owned;
}

}  // namespace

void OverState::snapshot(SnapshotWriter& writer) const {
  const std::vector<OwnedField> texts = owned_texts(spec_.text_fields);
  OwnedMemory owned(texts);
  writer.begin(kOverMark);
  writer.put(spec_.tuple_size);
  writer.put(static_cast<uint64_t>(sorted_));
  writer.put(static_cast<uint64_t>(forget_at_));
  writer.put(static_cast<uint64_t>(rows_.size()));
  for (const char* row : rows_) owned.write(writer, row, spec_.tuple_size);
}

void OverState::restore(SnapshotReader& reader) {
  clear();
  reader.expect(kOverMark);
  if (reader.get<uint32_t>() != spec_.tuple_size && reader.ok()) reader.fail("the snapshot has rows of another size");
  const auto sorted = reader.get<uint64_t>();
  const auto forget_at = reader.get<uint64_t>();
  const uint64_t rows = reader.get_count(spec_.tuple_size);
  const std::vector<OwnedField> texts = owned_texts(spec_.text_fields);
  OwnedMemory owned(texts);
  for (uint64_t i = 0; i < rows && reader.ok(); ++i) {
    char* row = arena_->take(spec_.tuple_size);
    if (reader.read(row, spec_.tuple_size) && owned.read(reader, row, *arena_, nullptr)) rows_.push_back(row);
  }
  if (reader.ok() && sorted > rows) reader.fail("the snapshot has more rows in order than there are");
  if (!reader.ok()) return clear();
  sorted_ = sorted;
  forget_at_ = forget_at;
}

}  // namespace millrace::abi

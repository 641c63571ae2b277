#include <algorithm>

#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/state/change_log.h"
#include "runtime/state/owned_memory.h"
#include "runtime/state/row_values.h"

namespace millrace {

namespace {

constexpr uint32_t kChangeLogMark = snapshot_mark("CHNG");

}  // namespace

/// Groups keep their numbers, since the order of what is reported goes by them.
void ChangeLog::snapshot(SnapshotWriter& writer) const {
  writer.begin(kChangeLogMark);
  writer.put(batch_);
  writer.put(static_cast<uint64_t>(sweep_at_));
  writer.put(static_cast<uint64_t>(groups_.size()));
  const std::vector<abi::OwnedField> texts = owned_texts(spec_.texts);
  OwnedMemory owned(texts);
  for (const Group& group : groups_) {
    uint64_t rows = 0;
    for (char* row = group.rows; row != nullptr; row = header_of(row).next) ++rows;
    writer.put(rows);
    for (char* row = group.rows; row != nullptr; row = header_of(row).next) {
      owned.write(writer, row, spec_.row_size);
      writer.put(header_of(row).order);
    }
  }
  writer.put(static_cast<uint64_t>(free_.size()));
  for (const uint32_t number : free_) writer.put(number);
  writer.put(static_cast<uint8_t>(is_filling_));
  if (is_filling_) abi::TupleBuffer::snapshot(writer);
}

void ChangeLog::restore(SnapshotReader& reader) {
  reader.expect(kChangeLogMark);
  batch_ = reader.get<int64_t>();
  sweep_at_ = reader.get<uint64_t>();
  const uint64_t count = reader.get_count(sizeof(uint64_t));
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    groups_.emplace_back();
    restore_group(reader, i, reader.get_count(spec_.row_size));
  }
  const uint64_t free = reader.get_count(sizeof(uint32_t));
  for (uint64_t i = 0; i < free && reader.ok(); ++i) {
    const auto number = reader.get<uint32_t>();
    if (number >= groups_.size() || groups_[number].key != nullptr) reader.fail("the snapshot has a free place that is taken");
    free_.push_back(number);
  }
  is_filling_ = reader.get_flag();
  if (is_filling_) abi::TupleBuffer::restore(reader);
  if (!reader.ok()) return;
  for (size_t number = 0; number < groups_.size(); ++number) {
    if (groups_[number].key != nullptr) index_.insert(groups_[number].hash, static_cast<uint32_t>(number));
  }
  restore_order();
}

void ChangeLog::restore_order() {
  std::vector<char*> rows;
  for (const Group& group : groups_) {
    for (char* row = group.rows; row != nullptr; row = header_of(row).next) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [](const char* a, const char* b) { return KeptRow::of(a).order < KeptRow::of(b).order; });
  for (char* row : rows) {
    last_order_ = header_of(row).order - 1;
    put_in_order(row, nullptr);
  }
  if (row_groups_) row_groups_->forget_changes();
}

void ChangeLog::restore_group(SnapshotReader& reader, size_t number, uint64_t rows) {
  const std::vector<abi::OwnedField> texts = owned_texts(spec_.texts);
  OwnedMemory owned(texts);
  abi::Arena scratch;
  char** link = &groups_[number].rows;
  for (uint64_t i = 0; i < rows; ++i) {
    char* row = scratch.take(spec_.row_size);
    if (!reader.read(row, spec_.row_size) || !owned.read(reader, row, scratch, nullptr)) return;
    const auto order = reader.get<int64_t>();
    *link = keep(row);
    header_of(*link).order = order;
    link = &header_of(*link).next;
  }
  Group& group = groups_[number];
  if (group.rows == nullptr) return;
  group.key = group.rows;
  group.hash = hash_values(spec_.has_keys ? spec_.keys : spec_.values, group.key);
}

}  // namespace millrace

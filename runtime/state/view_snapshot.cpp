#include <algorithm>
#include <utility>

#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/state/materialized_view.h"

namespace millrace {

namespace {

constexpr uint32_t kViewMark = snapshot_mark("VIEW");

}  // namespace

/// Only the view's query writes what is read here, and it is who calls; readers do not change it. So the mutex, which one of them may hold just when the
/// process is copied, is left alone.
void MaterializedView::snapshot(SnapshotWriter& writer, const abi::TupleBuffer& layout) const {
  writer.begin(kViewMark);
  writer.put(batches_);
  const bool by_key = spec_.keeping == abi::ViewKeeping::Upsert;
  writer.put(static_cast<uint64_t>(by_key ? groups_.size() : rows_.size()));
  for (const char* row : rows_) layout.snapshot_row(writer, row);
  for (const Group& group : groups_) {
    writer.put(group.batch);
    writer.put(static_cast<uint64_t>(group.rows.size()));
    // Of a group without rows its key must stay known.
    if (group.rows.empty()) layout.snapshot_row(writer, group.key);
    for (const char* row : group.rows) layout.snapshot_row(writer, row);
  }
}

void MaterializedView::restore(SnapshotReader& reader, abi::TupleBuffer& buffer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  reader.expect(kViewMark);
  batches_ = reader.get<int64_t>();
  const bool by_key = spec_.keeping == abi::ViewKeeping::Upsert;
  const uint64_t count = reader.get_count(1);
  std::vector<char*> of_present_batch = buffer.take_rows();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    if (by_key) restore_group(reader, buffer);
    else if (char* row = buffer.restore_row(reader)) rows_.push_back(row);
  }
  (void)buffer.take_rows();
  memory_ = buffer.memory();
  buffer.show(std::move(of_present_batch));
  latest_.reset();
}

void MaterializedView::restore_group(SnapshotReader& reader, abi::TupleBuffer& buffer) {
  const auto batch = reader.get<int64_t>();
  const uint64_t count = reader.get_count(1);
  char* key = nullptr;
  std::vector<char*> rows;
  for (uint64_t i = 0; i < std::max<uint64_t>(count, 1) && reader.ok(); ++i) {
    key = buffer.restore_row(reader);
    if (key != nullptr && count > 0) rows.push_back(key);
  }
  if (!reader.ok()) return;
  Group& group = groups_[find_group(key)];
  if (!group.rows.empty()) return reader.fail("the snapshot has a group of a view twice");
  group.batch = batch;
  live_rows_ += rows.size();
  group.rows = std::move(rows);
}

}  // namespace millrace

#include <algorithm>

#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/state/aggregate_state.h"

namespace millrace {

namespace {

constexpr uint32_t kAggregateMark = snapshot_mark("AGGR");
constexpr uint64_t kLeastTableBytes = 24;

}  // namespace

GroupTable::Saved AggregateState::saved() const { return {spec_.saved_size, spec_.owned}; }

void AggregateState::snapshot(SnapshotWriter& writer) const {
  writer.begin(kAggregateMark);
  writer.put(epoch);
  writer.put(closed_until_us_);
  writer.put(static_cast<uint8_t>(lone_table_ != nullptr));
  if (parts_) return parts_->snapshot(writer, saved());
  if (lone_table_) return lone_table_->snapshot(writer, saved());
  writer.put(static_cast<uint64_t>(panes_.size()));
  for (const auto& [pane_us, table] : panes_) {
    writer.put(pane_us);
    table->snapshot(writer, saved());
  }
}

void AggregateState::restore(SnapshotReader& reader) {
  clear();
  reader.expect(kAggregateMark);
  const auto saved_epoch = reader.get<int64_t>();
  const auto closed_until_us = reader.get<int64_t>();
  const bool has_lone_table = reader.get_flag();
  if (reader.ok() && has_lone_table != (lone_table_ != nullptr)) reader.fail("the snapshot has groups of another kind");
  if (!reader.ok()) return;
  epoch = saved_epoch;
  closed_until_us_ = closed_until_us;
  if (lone_table_) {
    restore_table(*lone_table_, reader);
    if (!spec_.has_keys && lone_table_->count == 0) lone_table_->insert(0);
    return;
  }
  const uint64_t tables = reader.get_count(kLeastTableBytes);
  for (uint64_t i = 0; i < tables && reader.ok(); ++i) {
    const auto pane_us = reader.get<int64_t>();
    if (panes_.contains(pane_us)) reader.fail("the snapshot has a pane twice");
    if (reader.ok()) restore_table(*make_pane(pane_us), reader);
  }
  if (!reader.ok()) clear();
}

void AggregateState::restore_table(GroupTable& table, SnapshotReader& reader) {
  table.restore(reader, saved());
  if (reader.ok() && spec_.what == abi::EmitWhat::Touched && is_changed(table)) table.touch_all_of(static_cast<uint32_t>(epoch));
}

bool AggregateState::is_changed(const GroupTable& table) const {
  return std::find(shared_.changed.begin(), shared_.changed.end(), &table) != shared_.changed.end();
}

}  // namespace millrace

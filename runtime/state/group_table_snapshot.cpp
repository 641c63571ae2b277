#include <algorithm>
#include <bit>
#include <vector>

#include "runtime/base/state_memory.h"
#include "runtime/state/group_parts.h"
#include "runtime/state/group_table.h"
#include "runtime/state/owned_memory.h"

/// Groups of a table to a snapshot and back: entries in order of arrival, each followed by what it owns; then the upper bits
/// of their hashes. Neither moves when groups are added, so that a snapshot has most blocks of the one before where few groups have changed.
namespace millrace {

namespace {

constexpr uint32_t kGroupTableMark = snapshot_mark("GRPS");
// Slots lie about at random, so that they are asked for some entries ahead.
constexpr int64_t kAhead = 16;
// From so many bytes on it pays to look whether they are the same as in the last snapshot.
constexpr size_t kLargeRun = size_t{64} << 10;

}  // namespace

void GroupTable::snapshot(SnapshotWriter& writer, const Saved& saved) const {
  writer.begin(kGroupTableMark);
  writer.put(saved.entry_bytes);
  writer.put(count);
  writer.put(new_from_);
  writer.put(static_cast<uint8_t>(changed_));
  snapshot_entries(writer, saved);
  if (layout_.has_keys) snapshot_tags(writer);
}

void GroupTable::snapshot_entries(SnapshotWriter& writer, const Saved& saved) const {
  OwnedMemory owned(saved.owned);
  for (const Segment& segment : segments_) {
    const int64_t end = std::min(segment.first + segment.capacity, count);
    if (end > segment.first && segment_bytes(end - segment.first) >= kLargeRun) writer.begin_block();
    const bool plain = owned.empty() && saved.entry_bytes == layout_.entry_size;
    if (plain && end > segment.first) writer.write(segment.begin, static_cast<size_t>(end - segment.first) * layout_.entry_size);
    for (int64_t i = segment.first; i < end && !plain; ++i) {
      owned.write(writer, entry_at(segment, i), saved.entry_bytes);
    }
  }
}

template <class Visit>
void GroupParts::for_each_in_order(Visit visit) const {
  constexpr size_t kAtOnce = 1024;
  std::vector<abi::GroupEntry*> entries;
  for (InOrder groups = in_order(); groups.append(kAtOnce, entries) > 0; entries.clear()) std::for_each(entries.begin(), entries.end(), visit);
}

/// As a table of the same groups in one piece would be written: what goes on from it need not have as many workers.
void GroupParts::snapshot(SnapshotWriter& writer, const GroupTable::Saved& saved) const {
  OwnedMemory owned(saved.owned);
  const auto all = [this](auto measure) {
    int64_t sum = measure(elders_);
    for (const auto& part : parts_) sum += measure(part->table);
    return sum;
  };
  writer.begin(kGroupTableMark);
  writer.put(saved.entry_bytes);
  writer.put(elders_.count + group_count());
  writer.put(all([](const GroupTable& table) { return table.new_from_; }));
  writer.put(static_cast<uint8_t>(all([](const GroupTable& table) { return int64_t{table.changed_}; }) > 0));
  elders_.snapshot_entries(writer, saved);
  writer.begin_block();
  for_each_in_order([&](const abi::GroupEntry* entry) { owned.write(writer, reinterpret_cast<const char*>(entry), saved.entry_bytes); });
  writer.begin_block();
  const auto put_tag = [&](const abi::GroupEntry* entry) { writer.put(parts_[part_of(entry)]->table.tag_of(entry)); };
  for (const GroupTable::Segment& segment : elders_.segments_) {
    const int64_t end = std::min(segment.first + segment.capacity, elders_.count);
    for (int64_t i = segment.first; i < end; ++i) put_tag(reinterpret_cast<const abi::GroupEntry*>(elders_.entry_at(segment, i)));
  }
  for_each_in_order(put_tag);
}

template <class Visit>
void GroupTable::for_each_entry(Visit visit) const {
  for (const Segment& segment : segments_) {
    const int64_t end = std::min(segment.first + segment.capacity, count);
    const auto entry = [&](int64_t i) { return reinterpret_cast<const abi::GroupEntry*>(entry_at(segment, i)); };
    for (int64_t i = segment.first; i < end; ++i) {
      if (i + kAhead < end) __builtin_prefetch(&slots[entry(i + kAhead)->hash & mask], 1);
      visit(entry(i));
    }
  }
}

/// The upper bits of the entries' hashes, which only the slots have, in order of arrival.
void GroupTable::snapshot_tags(SnapshotWriter& writer) const {
  if (static_cast<size_t>(count) * sizeof(uint16_t) >= kLargeRun) writer.begin_block();
  for_each_entry([&](const abi::GroupEntry* entry) { writer.put(tag_of(entry)); });
}

/// Of a table that grows it may still be among the old slots.
uint16_t GroupTable::tag_of(const abi::GroupEntry* entry) const {
  const auto find = [entry](const uint64_t* among, uint64_t among_mask) {
    uint64_t at = entry->hash & among_mask;
    while (among[at] != 0 && (among[at] & abi::kSlotAddressMask) != reinterpret_cast<uint64_t>(entry)) at = (at + 1) & among_mask;
    return among[at];
  };
  const uint64_t slot = find(slots, mask);
  return static_cast<uint16_t>((slot != 0 ? slot : find(old_slots_, old_mask_)) >> abi::kSlotTagShift);
}

void GroupTable::restore(SnapshotReader& reader, const Saved& saved) {
  clear();
  reader.expect(kGroupTableMark);
  const auto entry_bytes = reader.get<uint32_t>();
  if (reader.ok() && entry_bytes != saved.entry_bytes) reader.fail("the snapshot has groups of another size");
  const auto groups = static_cast<int64_t>(reader.get_count(std::max<uint64_t>(entry_bytes, 1)));
  const auto new_from = reader.get<int64_t>();
  const bool changed = reader.get_flag();
  if (reader.ok() && (groups < 0 || new_from < 0 || new_from > groups || (!layout_.has_keys && groups > 1))) {
    reader.fail("the snapshot has an impossible number of groups");
  }
  if (!reader.ok()) return;
  restore_entries(reader, saved, groups);
  if (reader.ok() && layout_.has_keys) restore_tags(reader);
  if (!reader.ok()) {  // nothing that was read in part may be used
    forget_entries();
    return;
  }
  if (shared_ != nullptr) shared_->group_count += count;
  new_from_ = new_from;
  if (changed && shared_ != nullptr) mark_changed();
}

void GroupTable::restore_entries(SnapshotReader& reader, const Saved& saved, int64_t groups) {
  OwnedMemory owned(saved.owned);
  while (count < groups && reader.ok()) {
    if (segments_.empty() || count == segments_[segment_in_use_].first + segments_[segment_in_use_].capacity) add_segment();
    const Segment segment = segments_[segment_in_use_];
    const int64_t end = std::min(segment.first + segment.capacity, groups);
    const bool plain = owned.empty() && saved.entry_bytes == layout_.entry_size;
    if (plain) reader.read(entry_at(segment, count), static_cast<size_t>(end - count) * layout_.entry_size);
    for (int64_t i = count; i < end && !plain; ++i) {
      char* entry = entry_at(segment, i);
      if (!reader.read(entry, saved.entry_bytes) || !owned.read(reader, entry, arena_, this)) break;
    }
    count = end;
  }
  if (!layout_.has_keys && count == 1) only_entry = reinterpret_cast<abi::GroupEntry*>(segments_.front().begin);
}

/// Nothing is hashed anew: an entry has the lower half of its hash.
void GroupTable::restore_tags(SnapshotReader& reader) {
  if (!reader.has(static_cast<uint64_t>(count) * sizeof(uint16_t))) return reader.fail("the snapshot ends too early");
  const uint64_t slot_count = std::max(std::bit_ceil(static_cast<uint64_t>(count) * 2), uint64_t{layout_.first_entries} * 2);
  free_slots();
  slots = static_cast<uint64_t*>(allocate_state(slot_count * sizeof(uint64_t)));
  mask = slot_count - 1;
  for_each_entry([&](const abi::GroupEntry* entry) {
    uint64_t at = entry->hash & mask;
    while (slots[at] != 0) at = (at + 1) & mask;
    slots[at] = uint64_t{reader.get<uint16_t>()} << abi::kSlotTagShift | reinterpret_cast<uint64_t>(entry);
  });
}

void GroupTable::forget_entries() noexcept {
  // What `clear` takes from the groups of all tables has not been added yet.
  if (shared_ != nullptr) shared_->group_count += count;
  clear();
}

void GroupTable::touch_all_of(uint32_t epoch) {
  append_marked(epoch, touched_);
}

}  // namespace millrace

#include <algorithm>
#include <iterator>

#include "runtime/base/state_memory.h"
#include "runtime/state/group_table.h"
#include "runtime/state/owned_memory.h"

/// Groups of a table to a snapshot and back: entries in order of arrival, each followed by what it owns; then the slots, as the numbers of their entries,
/// so that nothing is hashed anew when they are read.
namespace millrace {

namespace {

constexpr uint32_t kMark = snapshot_mark("GRPS");
constexpr int kTagShift = 48;
constexpr uint64_t kAddressMask = (uint64_t{1} << kTagShift) - 1;

/// Which of 64 slots are taken.
uint64_t taken_slots(const uint64_t* slots, uint64_t from, uint64_t slot_count) {
  uint64_t taken = 0;
  for (uint64_t i = 0; i < std::min<uint64_t>(64, slot_count - from); ++i) taken |= uint64_t{slots[from + i] != 0} << i;
  return taken;
}

}  // namespace

/// Numbers entries by their address: segments in order of address.
class GroupTable::EntryNumbers {
 public:
  explicit EntryNumbers(const GroupTable& table) : table_(table), segments_(table.segments_) {
    std::sort(segments_.begin(), segments_.end(), [](const Segment& a, const Segment& b) { return a.begin < b.begin; });
  }

  uint64_t of(uint64_t address) const {
    const char* at = reinterpret_cast<const char*>(address);
    auto after = std::upper_bound(segments_.begin(), segments_.end(), at, [](const char* a, const Segment& s) { return a < s.begin; });
    const Segment& segment = *std::prev(after);
    return static_cast<uint64_t>(segment.first) + static_cast<uint64_t>(at - segment.begin) / table_.layout_.entry_size;
  }

 private:
  const GroupTable& table_;
  std::vector<Segment> segments_;
};

void GroupTable::snapshot(SnapshotWriter& writer, const Saved& saved) const {
  const OwnedMemory owned(saved.owned);
  writer.begin(kMark);
  writer.put(saved.entry_bytes);
  writer.put(count);
  writer.put(new_from_);
  writer.put(static_cast<uint8_t>(changed_));
  for (const Segment& segment : segments_) {
    const int64_t end = std::min(segment.first + segment.capacity, count);
    const bool plain = owned.empty() && saved.entry_bytes == layout_.entry_size;
    if (plain && end > segment.first) writer.write(segment.begin, static_cast<size_t>(end - segment.first) * layout_.entry_size);
    for (int64_t i = segment.first; i < end && !plain; ++i) {
      writer.write(entry_at(segment, i), saved.entry_bytes);
      owned.write(writer, entry_at(segment, i));
    }
  }
  if (layout_.has_keys) snapshot_slots(writer);
}

void GroupTable::snapshot_slots(SnapshotWriter& writer) const {
  const EntryNumbers numbers(*this);
  const uint64_t slot_count = mask + 1;
  writer.put(slot_count);
  if (count == 0) return;
  for (uint64_t from = 0; from < slot_count; from += 64) {
    uint64_t taken = taken_slots(slots, from, slot_count);
    writer.put(taken);
    for (; taken != 0; taken &= taken - 1) {
      const uint64_t slot = slots[from + static_cast<uint64_t>(__builtin_ctzll(taken))];
      writer.put((slot & ~kAddressMask) | numbers.of(slot & kAddressMask));
    }
  }
}

void GroupTable::restore(SnapshotReader& reader, const Saved& saved) {
  clear();
  reader.expect(kMark);
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
  if (reader.ok() && layout_.has_keys) restore_slots(reader);
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

void GroupTable::restore_slots(SnapshotReader& reader) {
  const auto slot_count = reader.get<uint64_t>();
  const bool fits = slot_count >= static_cast<uint64_t>(count) * 2 && slot_count <= uint64_t{1} << 32 &&
                    (slot_count & (slot_count - 1)) == 0 && slot_count >= uint64_t{layout_.first_entries} * 2 &&
                    (count == 0 || reader.has(slot_count / 8));
  if (!fits) return reader.fail("the snapshot has an impossible number of slots");
  free_slots();
  slots = static_cast<uint64_t*>(allocate_state(slot_count * sizeof(uint64_t)));
  mask = slot_count - 1;
  if (count == 0) return;
  int64_t placed = 0;
  for (uint64_t from = 0; from < slot_count && reader.ok(); from += 64) {
    for (auto taken = reader.get<uint64_t>(); taken != 0; taken &= taken - 1) {
      const auto slot = reader.get<uint64_t>();
      const uint64_t at = from + static_cast<uint64_t>(__builtin_ctzll(taken));
      const auto number = static_cast<int64_t>(slot & kAddressMask);
      if (number >= count || at >= slot_count || ++placed > count) return reader.fail("the snapshot has a slot of no group");
      slots[at] = (slot & ~kAddressMask) | reinterpret_cast<uint64_t>(entry_of(number));
    }
  }
  if (reader.ok() && placed != count) reader.fail("the snapshot has groups without a slot");
}

char* GroupTable::entry_of(int64_t number) const {
  auto after = std::upper_bound(segments_.begin(), segments_.end(), number, [](int64_t n, const Segment& s) { return n < s.first; });
  return entry_at(*std::prev(after), number);
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

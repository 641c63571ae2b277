#include "runtime/state/group_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "runtime/abi/calls/state.h"
#include "runtime/base/memory.h"
#include "runtime/base/state_memory.h"

namespace millrace {

namespace {

constexpr int64_t kLargestSegmentBytes = int64_t{4} << 20;
// Rehashing knows the low 32 bits of a hash only.
constexpr uint64_t kMostSlots = uint64_t{1} << 32;

/// Tables of fewer slots grow at once, which takes less than a millisecond.
constexpr uint64_t kGradualSlots = 1 << 15;
/// Where a slot of a growing table was: its neighbours are still found behind it. No entry has this address.
constexpr uint64_t kMovedSlot = 1;
/// While a table grows, after so many insertions so many slots are moved: in some ten microseconds, and so that the old ones are gone before many new groups
/// need memory beside them.
constexpr uint32_t kInsertionsAMove = 32;
constexpr uint64_t kSlotsAMove = 1024;

/// Of slots that nobody made ready the pages are written to at once: a slot is read before it is written, and a page that is first read is had twice, the second time with a
/// message to every processor that runs a thread of the process. What lies on huge pages is too large to be written to in one go.
uint64_t* written_slots(void* block, uint64_t slot_count) {
  constexpr uint64_t kSlotsAPage = 4096 / sizeof(uint64_t);
  auto* slots = static_cast<volatile uint64_t*>(block);
  const bool is_small = slot_count * sizeof(uint64_t) < kHugePageBytes;
  for (uint64_t at = kSlotsAPage - 1; is_small && at < slot_count; at += kSlotsAPage) slots[at] = 0;
  return static_cast<uint64_t*>(block);
}

uint64_t* new_slots(uint64_t slot_count) {
  return written_slots(allocate_state(slot_count * sizeof(uint64_t)), slot_count);
}

void place(uint64_t* slots, uint64_t mask, uint64_t home, uint64_t slot) {
  uint64_t at = home & mask;
  while (slots[at] != 0) at = (at + 1) & mask;
  slots[at] = slot;
}

}  // namespace

GroupTable::GroupTable(const Layout& layout, Shared* shared)
    : abi::GroupTable{nullptr, 0, 0, nullptr, nullptr}, layout_(layout), shared_(shared) {
  uint64_t slot_count = layout.has_keys ? uint64_t{layout.first_entries} * 2 : 1;
  slots = new_slots(slot_count);
  mask = slot_count - 1;
}

GroupTable::~GroupTable() { release(); }

void GroupTable::free_slots() noexcept { free_state(slots, (mask + 1) * sizeof(uint64_t)); }

void GroupTable::free_old_slots() noexcept {
  if (old_slots_ != nullptr) free_state_behind(std::exchange(old_slots_, nullptr), (old_mask_ + 1) * sizeof(uint64_t));
}

void GroupTable::release() noexcept {
  free_slots();
  free_old_slots();
  for (const Segment& segment : segments_) free_state(segment.begin, segment_bytes(segment.capacity));
}

abi::GroupEntry* GroupTable::insert(uint64_t hash) noexcept {
  if (segments_.empty() || count == segments_[segment_in_use_].first + segments_[segment_in_use_].capacity) add_segment();
  auto* entry = reinterpret_cast<abi::GroupEntry*>(entry_at(segments_[segment_in_use_], count));
  entry->hash = static_cast<uint32_t>(hash);
  if (layout_.has_keys) {
    if (old_slots_ != nullptr && ++asked_ >= kInsertionsAMove) move_slots(kSlotsAMove);
    const auto used = static_cast<uint64_t>(count + guests_);
    if (used * 16 >= (mask + 1) * 7) tend_slots(used);
    place(slots, mask, hash, (hash & ~abi::kSlotAddressMask) | reinterpret_cast<uint64_t>(entry));
  } else {
    only_entry = entry;
  }
  ++count;
  if (shared_ != nullptr) {
    ++shared_->group_count;
    mark_changed();
    if (shared_->arrivals != nullptr) {
      shared_->arrivals->tables.push_back(this);
      shared_->arrivals->entries.push_back(entry);
    }
  }
  return entry;
}

void GroupTable::add_segment() noexcept {
  if (!segments_.empty() && segment_in_use_ + 1 < segments_.size()) {
    ++segment_in_use_;
    return;
  }
  const int64_t capacity = segments_.empty() ? (layout_.has_keys ? layout_.first_entries : 1) : next_capacity();
  auto* begin = static_cast<char*>(next_segment_.take(segment_bytes(capacity)));
  segments_.push_back({begin, count, capacity});
  segment_in_use_ = segments_.size() - 1;
  by_address_.insert(first_behind(begin), static_cast<uint32_t>(segment_in_use_));
  next_segment_.prepare(segment_bytes(next_capacity()));
}

int64_t GroupTable::next_capacity() const {
  const int64_t last = segments_.back().capacity;
  const int64_t most = std::max<int64_t>(kLargestSegmentBytes / layout_.entry_size, 1);
  const int64_t capacity = std::min(last * 2, std::max(most, last));
  return static_cast<int64_t>(whole_block_bytes(segment_bytes(capacity)) / layout_.entry_size);
}

/// Shortly before one half the next slots are begun to be made ready, at one half they are wanted; while they are not there the table goes on, up to three quarters.
void GroupTable::tend_slots(uint64_t used) noexcept {
  const uint64_t slot_count = mask + 1;
  if (slot_count < kMostSlots) next_slots_.prepare(slot_count * 2 * sizeof(uint64_t));
  if (used * 2 < slot_count || (!next_slots_.is_ready() && used * 4 < slot_count * 3)) return;
  grow_slots();
}

void GroupTable::grow_slots() noexcept {
  settle();
  const uint64_t old_count = mask + 1;
  const uint64_t new_count = old_count * 2;
  if (new_count > kMostSlots) out_of_memory(new_count * sizeof(uint64_t));
  old_slots_ = slots;
  old_mask_ = mask;
  moved_until_ = 0;
  asked_ = 0;
  slots = written_slots(next_slots_.take(new_count * sizeof(uint64_t)), new_count);
  mask = new_count - 1;
  if (old_count < kGradualSlots) settle();
}

void GroupTable::settle() noexcept {
  while (old_slots_ != nullptr) move_slots(old_mask_ + 1);
}

/// In order of the old slots, the entries being asked for before their hashes are wanted.
void GroupTable::move_slots(uint64_t at_most) noexcept {
  constexpr uint64_t kAhead = 16;
  asked_ = 0;
  const uint64_t end = std::min(moved_until_ + at_most, old_mask_ + 1);
  for (; moved_until_ < end; ++moved_until_) {
    if (moved_until_ + kAhead < end) __builtin_prefetch(reinterpret_cast<const void*>(old_slots_[moved_until_ + kAhead] & abi::kSlotAddressMask));
    const uint64_t slot = old_slots_[moved_until_];
    if (slot == 0 || slot == kMovedSlot) continue;
    place(slots, mask, reinterpret_cast<abi::GroupEntry*>(slot & abi::kSlotAddressMask)->hash, slot);
    old_slots_[moved_until_] = kMovedSlot;
  }
  if (moved_until_ > old_mask_) free_old_slots();
}

/// All that follows the hash's home without a gap.
bool GroupTable::bring(uint64_t hash) noexcept {
  if (old_slots_ == nullptr) return false;
  bool moved = false;
  for (uint64_t at = hash & old_mask_; old_slots_[at] != 0; at = (at + 1) & old_mask_) {
    const uint64_t slot = std::exchange(old_slots_[at], kMovedSlot);
    if (slot == kMovedSlot) continue;
    place(slots, mask, reinterpret_cast<abi::GroupEntry*>(slot & abi::kSlotAddressMask)->hash, slot);
    moved = true;
  }
  return moved;
}

void GroupTable::make_slots_for(int64_t groups) noexcept {
  free_slots();
  const uint64_t slot_count = std::max(std::bit_ceil(static_cast<uint64_t>(groups) * 2 + 1), uint64_t{layout_.first_entries} * 2);
  slots = new_slots(slot_count);
  mask = slot_count - 1;
}

void GroupTable::give_slots_to(std::span<GroupTable* const> parts) noexcept {
  constexpr uint64_t kAhead = 16;
  settle();
  const auto part_of = [&](uint64_t slot) -> GroupTable& {
    const uint32_t hash = reinterpret_cast<abi::GroupEntry*>(slot & abi::kSlotAddressMask)->hash;
    return *parts[(hash >> abi::kGroupPartShift) & (abi::kGroupParts - 1)];
  };
  // A tenth more than a fair share is more than a part of many groups has.
  for (GroupTable* part : parts) part->make_slots_for((count + count / 10) / static_cast<int64_t>(abi::kGroupParts) + 8);
  for (uint64_t at = 0; at <= mask; ++at) {
    if (at + kAhead <= mask) __builtin_prefetch(reinterpret_cast<const void*>(slots[at + kAhead] & abi::kSlotAddressMask));
    if (slots[at] == 0) continue;
    GroupTable& part = part_of(slots[at]);
    if (static_cast<uint64_t>(++part.guests_) * 2 >= part.mask + 1) {
      part.grow_slots();
      part.settle();
    }
    place(part.slots, part.mask, reinterpret_cast<abi::GroupEntry*>(slots[at] & abi::kSlotAddressMask)->hash, slots[at]);
  }
  make_slots_for(0);
}

void GroupTable::mark_changed() noexcept {
  if (changed_) return;
  changed_ = true;
  shared_->changed.push_back(this);
}

void GroupTable::touch(abi::GroupEntry* entry) noexcept {
  touched_.push_back(entry);
  if (shared_ != nullptr) mark_changed();
}

void GroupTable::clear() noexcept {
  if (shared_ != nullptr) shared_->group_count -= count;
  free_old_slots();
  bool oversized = mask + 1 > 4096 && static_cast<uint64_t>(count) * 16 < mask + 1;
  if (oversized) {
    release();
    segments_.clear();
    by_address_.clear();
    uint64_t slot_count = uint64_t{layout_.first_entries} * 2;
    slots = new_slots(slot_count);
    mask = slot_count - 1;
  } else if (count > 0) {
    std::memset(slots, 0, (mask + 1) * sizeof(uint64_t));
    for (const Segment& segment : segments_) {
      if (segment.first >= count) break;
      int64_t used = std::min(segment.capacity, count - segment.first);
      std::memset(segment.begin, 0, static_cast<size_t>(used) * layout_.entry_size);
    }
  }
  segment_in_use_ = 0;
  count = 0;
  only_entry = nullptr;
  arena_.reset();
  begin_epoch();
}

void GroupTable::begin_epoch() noexcept {
  touched_.clear();
  new_from_ = count;
  changed_ = false;
}

void GroupTable::append(int64_t first, int64_t end, std::vector<abi::GroupEntry*>& out) const {
  out.reserve(out.size() + static_cast<size_t>(end - first));
  for (const Segment& segment : segments_) {
    const int64_t segment_end = std::min(segment.first + segment.capacity, end);
    for (int64_t i = std::max(first, segment.first); i < segment_end; ++i) {
      out.push_back(reinterpret_cast<abi::GroupEntry*>(entry_at(segment, i)));
    }
  }
}

int64_t GroupTable::arrival_of(const abi::GroupEntry* entry) const {
  const char* address = reinterpret_cast<const char*>(entry);
  const Segment& segment = segments_[*std::prev(first_behind(address))];
  return segment.first + (address - segment.begin) / layout_.entry_size;
}

/// Of the segments by address.
std::vector<uint32_t>::const_iterator GroupTable::first_behind(const char* address) const {
  const auto begins_behind = [this](const char* a, uint32_t index) { return a < segments_[index].begin; };
  return std::upper_bound(by_address_.begin(), by_address_.end(), address, begins_behind);
}

void GroupTable::append_marked(uint32_t epoch, std::vector<abi::GroupEntry*>& out) const {
  auto from = static_cast<ptrdiff_t>(out.size());
  append_all(out);
  auto unchanged = [epoch](const abi::GroupEntry* entry) { return entry->touched != epoch; };
  out.erase(std::remove_if(out.begin() + from, out.end(), unchanged), out.end());
}

void GroupTable::append_touched(uint32_t epoch, std::vector<abi::GroupEntry*>& out) {
  // Sorting beats a sweep over all groups only while few of them changed.
  if (static_cast<int64_t>(touched_.size()) * 4 > count) {
    append_marked(epoch, out);
    return;
  }
  std::vector<std::pair<int64_t, abi::GroupEntry*>> numbered;
  numbered.reserve(touched_.size());
  for (abi::GroupEntry* entry : touched_) numbered.emplace_back(arrival_of(entry), entry);
  std::sort(numbered.begin(), numbered.end());
  for (const auto& [number, entry] : numbered) out.push_back(entry);
}

int64_t GroupTable::memory_bytes() const {
  int64_t bytes = static_cast<int64_t>((mask + 1) * sizeof(uint64_t)) + arena_.reserved_bytes();
  if (old_slots_ != nullptr) bytes += static_cast<int64_t>((old_mask_ + 1) * sizeof(uint64_t));
  for (const Segment& segment : segments_) bytes += segment.capacity * layout_.entry_size;
  bytes += static_cast<int64_t>(next_slots_.bytes() + next_segment_.bytes());
  return bytes;
}

}  // namespace millrace

namespace millrace::abi {

namespace {

millrace::GroupTable* owner(GroupTable* table) { return static_cast<millrace::GroupTable*>(table); }

}  // namespace

extern "C" {

GroupEntry* mr_group_insert(GroupTable* table, uint64_t hash) noexcept { return owner(table)->bring(hash) ? nullptr : owner(table)->insert(hash); }

void mr_group_touch(GroupTable* table, GroupEntry* entry) noexcept { owner(table)->touch(entry); }

}  // extern "C"

}  // namespace millrace::abi

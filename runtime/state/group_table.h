#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/abi/group_table.h"
#include "runtime/abi/state_spec.h"
#include "runtime/base/state_ahead.h"
#include "runtime/state/arena.h"

namespace millrace {

class SnapshotReader;
class SnapshotWriter;

/// The owning side of abi::GroupTable: slots, entries, key bytes and the list of groups changed in this batch.
/// Entries lie in segments that never move, the first small and each further one twice as large, so that a table of one pane is cheap
/// and a large one costs no copies. The slots of a large table are moved to twice as many little by little while it is used, so that no row waits for
/// all of them. Owned by an AggregateState (or by an emission, as the target of a rollup); one thread.
class GroupTable : public abi::GroupTable {
 public:
  struct Layout {
    uint32_t entry_size = 0;     ///< bytes, a multiple of 8
    bool has_keys = true;
    uint32_t first_entries = 16; ///< of the first segment; a power of two
  };

  /// Groups of several tables in the order in which they were made.
  struct Arrivals {
    std::vector<GroupTable*> tables;
    std::vector<abi::GroupEntry*> entries;  ///< entry i is a group of table i
  };

  /// What tables of one aggregate have in common; outlives them.
  struct Shared {
    std::vector<GroupTable*> changed;  ///< tables with changed or new groups in this batch, each once
    int64_t group_count = 0;
    Arrivals* arrivals = nullptr;      ///< not owned; of a worker's tables: every group is listed
  };

  /// `shared` is nullptr for the target of a rollup.
  GroupTable(const Layout& layout, Shared* shared);
  ~GroupTable();
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  /// A group that is not there yet.
  abi::GroupEntry* insert(uint64_t hash) noexcept;
  /// While the table grows: moves what may be the group of this hash to where it is looked for. False: nothing was left to be moved.
  bool bring(uint64_t hash) noexcept;
  /// Has the table as it is between two growths, with all that there is in `slots`.
  void settle() noexcept;
  void touch(abi::GroupEntry* entry) noexcept;
  /// Has the groups looked up in other tables from now on, one for each part; see GroupParts. They stay here, and nothing may be looked up or made here before `clear`.
  void give_slots_to(std::span<GroupTable* const> parts) noexcept;

  /// Forgets all groups; keeps the memory as far as the groups used it.
  void clear() noexcept;
  /// Ends the batch: no group is changed or new any more.
  void begin_epoch() noexcept;

  bool has_touched() const { return !touched_.empty(); }
  bool has_new() const { return count > new_from_; }

  /// The groups in order of first arrival, appended to `out`.
  void append_all(std::vector<abi::GroupEntry*>& out) const { append(0, count, out); }
  void append_new(std::vector<abi::GroupEntry*>& out) const { append(new_from_, count, out); }
  /// Those that came as number `first` up to `end`.
  void append(int64_t first, int64_t end, std::vector<abi::GroupEntry*>& out) const;
  /// `epoch` is what the groups changed in this batch carry in GroupEntry::touched.
  void append_marked(uint32_t epoch, std::vector<abi::GroupEntry*>& out) const;  ///< by a sweep over all groups
  void append_touched(uint32_t epoch, std::vector<abi::GroupEntry*>& out);

  /// What a snapshot keeps of an entry.
  struct Saved {
    uint32_t entry_bytes = 0;  ///< from its front
    std::span<const abi::OwnedField> owned;
  };
  void snapshot(SnapshotWriter& writer, const Saved& saved) const;
  /// In place of the present groups. A snapshot that does not fit leaves the table empty and fails the reader. Lists no group as changed.
  void restore(SnapshotReader& reader, const Saved& saved);
  /// Lists the groups that carry this epoch as changed in this batch.
  void touch_all_of(uint32_t epoch);

  abi::Arena& arena() { return arena_; }
  int64_t memory_bytes() const;

  int64_t pane_us = 0;  ///< start of the pane whose groups these are; used by AggregateState only

 private:
  friend class GroupParts;  // the same groups in several tables

  struct Segment {
    char* begin;
    int64_t first;     ///< number of its first entry
    int64_t capacity;  ///< entries
  };

  void snapshot_entries(SnapshotWriter& writer, const Saved& saved) const;
  void snapshot_tags(SnapshotWriter& writer) const;
  template <class Visit>
  void for_each_entry(Visit visit) const;  ///< in order of arrival, each entry's slot having been asked for
  void restore_entries(SnapshotReader& reader, const Saved& saved, int64_t groups);
  void restore_tags(SnapshotReader& reader);
  void forget_entries() noexcept;
  void tend_slots(uint64_t used) noexcept;
  void grow_slots() noexcept;
  void make_slots_for(int64_t groups) noexcept;
  void move_slots(uint64_t at_most) noexcept;
  uint16_t tag_of(const abi::GroupEntry* entry) const;
  void add_segment() noexcept;
  int64_t next_capacity() const;
  void mark_changed() noexcept;
  void free_slots() noexcept;
  void free_old_slots() noexcept;  ///< if there are any
  void release() noexcept;
  /// Of one of its own entries.
  int64_t arrival_of(const abi::GroupEntry* entry) const;
  std::vector<uint32_t>::const_iterator first_behind(const char* address) const;
  size_t segment_bytes(int64_t capacity) const { return static_cast<size_t>(capacity) * layout_.entry_size; }
  char* entry_at(const Segment& segment, int64_t number) const {
    return segment.begin + static_cast<size_t>(number - segment.first) * layout_.entry_size;
  }

  Layout layout_;
  Shared* shared_;
  std::vector<Segment> segments_;      ///< in order of arrival
  std::vector<uint32_t> by_address_;   ///< their indexes
  size_t segment_in_use_ = 0;  ///< the segment that the next entry goes to
  std::vector<abi::GroupEntry*> touched_;
  int64_t guests_ = 0;    ///< groups of another table that are looked up here
  int64_t new_from_ = 0;  ///< groups from this arrival number on are new in this batch
  bool changed_ = false;  ///< listed in shared_->changed
  uint64_t* old_slots_ = nullptr;  ///< while a large table grows: those that are moved bit by bit; a moved one is kMovedSlot
  uint64_t old_mask_ = 0;
  uint64_t moved_until_ = 0;       ///< of the old slots
  StateAhead next_slots_;          ///< for the next growth, while that is near
  StateAhead next_segment_;
  uint32_t asked_ = 0;             ///< insertions since slots were moved last
  abi::Arena arena_;
};

}  // namespace millrace

#pragma once

#include <cstdint>

namespace millrace::abi {

/// Head of a group; the key fields and the aggregates' states follow at the offsets that the compiler chose.
/// All-zero bytes are the initial state of every aggregate.
struct GroupEntry {
  uint32_t hash;     ///< low half of the key's hash
  uint32_t touched;  ///< epoch of the last batch that changed the group (kept under UPDATE only)
};

/// A slot of a group table: the address of its entry, below the highest bits of the key's hash.
inline constexpr int kSlotTagShift = 48;
inline constexpr uint64_t kSlotAddressMask = (uint64_t{1} << kSlotTagShift) - 1;

/// Groups of one GROUP BY (or of one pane of it): open addressing, linear probing, a slot holds
/// `(hash >> 48) << 48 | address of the entry`, 0 when empty. Entries never move. Generated code probes it by itself and
/// calls mr_group_insert when it meets an empty slot. Made and freed by AggregateState; one thread.
struct GroupTable {
  uint64_t* slots;
  uint64_t mask;            ///< number of slots - 1; the home slot of a hash is `hash & mask`
  int64_t count;            ///< groups
  GroupEntry* only_entry;   ///< of a table without keys: its one group; nullptr until inserted
  GroupTable* whole;        ///< of a worker's table: the query's own table that its groups are handed to; else nullptr
};

/// Additions to groups that have to be made in the order of the rows, such as those of doubles, which round: a worker writes them down
/// and they are made when its turn comes. Records of one size, one after the other; owned by AggregateState, used by one thread.
struct UpdateLog {
  char* next;
  char* limit;
};

/// Groups that several workers fill at once are kept in parts, each a table of its own; a group's part is said by bits of its hash on which its home slot does not
/// depend in tables of up to 2^28 slots.
inline constexpr unsigned kGroupPartShift = 28;
inline constexpr uint64_t kGroupParts = 4;

/// The groups that one step of emission has to show, in order of first arrival.
struct EmitUnit {
  GroupEntry* const* entries;
  int64_t count;
  int64_t window_start_us;  ///< of windowed aggregates
  int64_t window_end_us;
};

/// State of one Aggregate operator. Windowed ones keep a GroupTable for each pane (a pane is the greatest stretch of time
/// that every window holds whole or not at all: gcd(size, slide)), so that a row costs one update however many windows
/// it lies in [Li et al., "No pane, no gain", SIGMOD Record 2005].
struct AggregateState {
  GroupTable* current;   ///< table of `current_pane`; without panes the only table
  int64_t current_pane;  ///< start of the pane in microseconds; INT64_MIN: none
  int64_t epoch;         ///< of the batch in hand (low 32 bits count), compared with GroupEntry::touched
  int64_t worker;        ///< 0: the query's own state; else the number, from 1, of the worker whose part it is
  UpdateLog* log;        ///< of a worker's state: where ordered additions are written down; nullptr: they are made at once
  /// Of a worker's state: the logs, one for each part of the groups, where whole rows are written down; nullptr: rows go to groups.
  UpdateLog* const* staged;
};

/// A row kept by the build side of a join; its fields follow.
struct JoinTuple {
  JoinTuple* next;  ///< next of the same bucket, in order of arrival
  uint64_t hash;
};

/// Hash table of a join's build side; filled by a Setup pipeline, then read-only.
struct JoinTable {
  JoinTuple** buckets;  ///< set by mr_join_finish; bucket of a hash is `hash & mask`
  uint64_t mask;
  int64_t count;
};

}  // namespace millrace::abi

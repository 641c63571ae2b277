#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/abi/calls/state.h"
#include "runtime/abi/group_table.h"
#include "runtime/state/group_table.h"
#include "runtime/state/update_log.h"

namespace millrace {

/// The groups of a table in parts by their hashes, which several workers fill at once: each writes down its rows in a log for each part, the logs are taken over in the
/// order of the rows, and whoever finds a part that nobody is at adds what waits for it, so that a part's rows are added in their order. Groups that were made before stay
/// where they are, in the table (the elders); the others have the number of the row that made them, by which they are shown in order of arrival.
///
/// `take` by one thread at a time, `add_waiting` by any number of them beside; all else while nobody is at that.
class GroupParts {
 public:
  /// Logs of one worker, one for each part.
  using Logs = std::array<std::unique_ptr<UpdateLog>, abi::kGroupParts>;
  struct Adding {
    abi::PipelineContext* ctx;     ///< of who adds
    abi::AggregateState* state;    ///< whose groups these are
    abi::AddStagedFn add;
    uint32_t record_size;
  };

  /// Of a group in each part's table.
  using Numbers = std::array<int64_t, abi::kGroupParts>;

  /// Goes through groups of all parts in order of arrival, from the `first` of each on. Merging them by comparisons would wait for one group's number before it could look
  /// at the next: rather, the groups of a stretch of numbers are put in their places, part by part, and taken from there.
  class InOrder {
   public:
    InOrder(const GroupParts& parts, const Numbers& first);

    /// Appends the next groups; returns how many: fewer than `at_most` at the end.
    size_t append(size_t at_most, std::vector<abi::GroupEntry*>& out);

   private:
    static constexpr uint64_t kStretch = 4096;
    struct Place {
      const GroupTable* table = nullptr;
      char* at = nullptr;
      char* end = nullptr;  ///< of the segment
      int64_t left = 0;     ///< groups, of all segments
    };

    static void enter_segment_of(Place& place, int64_t number);
    uint64_t number_at(const char* entry) const;
    bool put_in_places();
    void put_in_places(Place& place, uint64_t begin);

    uint32_t number_offset_;
    uint32_t entry_size_;
    std::array<Place, abi::kGroupParts> places_;
    std::array<abi::GroupEntry*, kStretch> stretch_;   ///< where the bit in `present_` is set
    std::array<uint64_t, kStretch / 64> present_{};
    size_t word_ = kStretch / 64;                      ///< of `present_`: the words before have been taken
  };

  /// `elders` keeps its groups and outlives the parts; nothing may be looked up in it any more.
  GroupParts(const GroupTable::Layout& layout, GroupTable& elders, uint32_t number_offset);
  GroupParts(const GroupParts&) = delete;
  GroupParts& operator=(const GroupParts&) = delete;

  /// Takes over what a worker wrote down of a run of rows, in the order of the runs; leaves it empty logs.
  void take(Logs& logs);
  /// Adds what waits for parts that nobody else is at, beginning with the worker's own. Waits for the others where too much waits already, or if `all`: then everything
  /// that was taken over before has been added.
  void add_waiting(const Adding& adding, int32_t worker, bool all);

  /// All groups but the elders.
  InOrder in_order() const { return InOrder(*this, {}); }
  /// The groups in order of first arrival, the elders first; see GroupTable.
  void append_all(std::vector<abi::GroupEntry*>& out) const;
  void append_new(std::vector<abi::GroupEntry*>& out) const;
  void append_touched(uint32_t epoch, std::vector<abi::GroupEntry*>& out) const;
  bool has_touched() const;
  bool has_new() const;
  void begin_epoch();

  void snapshot(SnapshotWriter& writer, const GroupTable::Saved& saved) const;

  /// Without the elders.
  int64_t group_count() const;
  /// May be asked at any time.
  int64_t memory_bytes() const;

 private:
  struct Part {
    explicit Part(const GroupTable::Layout& layout) : table(layout, &shared) {}

    std::mutex adding;           ///< of the table
    GroupTable::Shared shared;
    GroupTable table;
    std::atomic<int64_t> bytes = 0;
    std::mutex queue;            ///< of the next two
    std::deque<std::unique_ptr<UpdateLog>> waiting;
    std::vector<std::unique_ptr<UpdateLog>> spare;
  };
  static size_t part_of(const abi::GroupEntry* entry) { return (entry->hash >> abi::kGroupPartShift) & (abi::kGroupParts - 1); }
  template <class Visit>
  void for_each_in_order(Visit visit) const;
  bool add_next(Part& part, const Adding& adding);
  size_t waiting_for(Part& part);
  int64_t number_of(const abi::GroupEntry* entry) const;
  void append_from(const Numbers& first, std::vector<abi::GroupEntry*>& out) const;

  GroupTable& elders_;
  uint32_t number_offset_;
  std::array<std::unique_ptr<Part>, abi::kGroupParts> parts_;
};

}  // namespace millrace

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/state/kept_row.h"
#include "runtime/state/number_index.h"
#include "runtime/state/row_groups.h"
#include "runtime/state/tuple_buffer.h"

namespace millrace {

/// Makes the changes of a query's result out of the results of two batches: a pipeline leaves a batch's rows, `finish` puts in their place what has
/// changed since the batch before, and the next pipeline writes that. Keeps a copy of the result as it stands.
///
/// Rows of the result are told apart by a key. Rows of one key (a join may give several) are compared one by one in their order: what is the same
/// is no change, what differs is replaced, what is left over has come or gone.
///
/// Where rows come with weights they are changes themselves: what a batch's weights come to is applied to the kept rows. A new row takes the place of
/// one of its key that has gone, so that rows are in the order in which their keys first came.
///
/// Order of calls in a batch: clear, append, finish; then rows are read until the next clear; end_batch. One thread.
class ChangeLog : public abi::TupleBuffer {
 public:
  explicit ChangeLog(const abi::ChangesSpec& spec);
  ~ChangeLog();
  ChangeLog(const ChangeLog&) = delete;
  ChangeLog& operator=(const ChangeLog&) = delete;

  void clear() noexcept;
  void finish();
  /// Forgets rows that the watermark says will never change.
  void end_batch(int64_t watermark_us);

  /// At any time but during a batch's end; a snapshot that does not fit fails the reader.
  void snapshot(SnapshotWriter& writer) const;
  /// Into a new one.
  void restore(SnapshotReader& reader);

  int64_t row_count() const { return static_cast<int64_t>(row_count_); }
  int64_t memory_bytes() const;
  /// Fails once the result has more rows than it may.
  Status limit() const;

 private:
  /// A row of a batch and what the weights of its equals come to.
  struct Sum {
    const char* row;
    int64_t weight;
  };
  static std::vector<abi::OwnedField> owned_texts(const std::vector<uint32_t>& texts);
  static KeptRow& header_of(char* kept) { return KeptRow::of(kept); }

  /// The rows of a key: lists of kept rows, and of the batch's rows while it is being compared.
  struct Group {
    uint64_t hash = 0;
    char* rows = nullptr;
    const char* key = nullptr;   ///< the first kept row or, within a batch, one of the batch's: what the key is read from
    char* fresh = nullptr;
    char* fresh_last = nullptr;
    int64_t batch = -1;          ///< that it was touched in last
  };

  Group* find(uint64_t hash, const char* row);
  Group& find_or_make(const char* row);
  void forget(size_t number);
  void take(char* row);
  void compare(size_t number);
  void add_up(const Group& group);
  int64_t weight_of(const char* row) const;
  void apply(size_t number);
  void apply_count(Group& group);
  void end_group(size_t number);
  char* replace(char* old, const char* fresh);
  void put_in_order(char* kept, char* replaced);
  void take_out_of_order(char* kept);
  void restore_order();
  bool sorts_all() const { return spec_.first_rows >= 0 && !spec_.by_group; }
  void show_all();
  void remove_untouched();
  bool is_present(const char* row) const;
  bool is_final(const char* row, int64_t watermark_us) const;
  char* keep(const char* row);
  void restore_group(SnapshotReader& reader, size_t number, uint64_t rows);
  void drop(char* kept);
  void report(char* before, char* after);

  const abi::ChangesSpec spec_;
  std::vector<Group> groups_;    ///< those that are free have no key
  std::vector<uint32_t> free_;
  NumberIndex index_;            ///< of groups, by hash
  std::vector<uint32_t> touched_;
  std::vector<char*> changes_;
  std::vector<Sum> sums_;        ///< of the key in hand
  char* first_ = nullptr;        ///< the rows in their order
  char* last_ = nullptr;
  int64_t last_order_ = 0;
  std::set<char*, EarlierRow> sorted_;   ///< all rows, where only the first ones are shown
  std::optional<RowGroups> row_groups_;  ///< where only groups that have changed are shown
  std::vector<char*> dropped_;   ///< may still be written, as what was before
  size_t row_count_ = 0;
  size_t sweep_at_ = 0;          ///< groups, from which on it pays to look for those that can be forgotten
  int64_t memory_bytes_ = 0;
  int64_t batch_ = 0;
  bool is_filling_ = true;       ///< what the buffer has are rows of the batch, not yet changes
};

}  // namespace millrace

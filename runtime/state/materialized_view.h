#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/abi/state_spec.h"
#include "runtime/base/status.h"
#include "runtime/state/tuple_buffer.h"

namespace millrace {

/// The rows of a view as one batch left them. Never changes; may be read by any thread.
struct ViewSnapshot {
  std::vector<char*> rows;
  std::shared_ptr<const void> memory;  ///< what the rows lie in; shared with the view and with later snapshots
  int64_t batches = 0;                 ///< committed so far
};

/// The rows of a materialized view. One thread, its query's, commits batches; any number read. A reader gets the last committed batch and keeps it
/// for as long as it likes, while the query goes on: rows once committed are never written again, those that are replaced stay until their
/// memory goes. Readers and the query meet for the time that it takes to copy a list of pointers.
class MaterializedView {
 public:
  explicit MaterializedView(abi::ViewSpec spec) : spec_(std::move(spec)) {}

  /// Copies the rows given into `into`, which has fresh memory: generated code, which alone knows what a row holds.
  using CopyRows = std::function<void(const std::vector<char*>& rows)>;

  /// Takes a batch's rows out of `batch`. Fails, and changes nothing, when more than max_rows would be left.
  Status commit(abi::TupleBuffer& batch, const CopyRows& copy_rows);
  std::shared_ptr<const ViewSnapshot> snapshot() const;
  /// Of its rows' memory as far as it is not the buffer's that they came in, and of what finds them.
  int64_t memory_bytes() const;

  /// For checkpoints, on the query's thread. `layout`: of the view's rows.
  void snapshot(SnapshotWriter& writer, const abi::TupleBuffer& layout) const;
  /// Into a new view, with the query's buffer of rows; a snapshot that does not fit fails the reader.
  void restore(SnapshotReader& reader, abi::TupleBuffer& buffer);

 private:
  /// Rows of one key: as many as the last batch with that key gave it.
  struct Group {
    uint64_t hash = 0;
    const char* key = nullptr;  ///< a row to compare with, also when `rows` is empty
    int64_t batch = -1;         ///< that changed it last
    std::vector<char*> rows;
  };

  Status check_size(size_t rows) const;
  Status upsert(abi::TupleBuffer& batch, const CopyRows& copy_rows);
  size_t find_group(const char* row);
  void restore_group(SnapshotReader& reader, abi::TupleBuffer& buffer);
  void grow_slots();
  std::vector<char*> all_rows() const;
  void move_to_fresh_memory(abi::TupleBuffer& batch, const CopyRows& copy_rows);

  const abi::ViewSpec spec_;
  mutable std::mutex mutex_;  ///< of what follows
  std::vector<char*> rows_;   ///< unless keys tell them apart
  std::shared_ptr<const void> memory_;
  int64_t own_bytes_ = 0;     ///< of `memory_`, when nobody else has it
  int64_t batches_ = 0;
  mutable std::shared_ptr<const ViewSnapshot> latest_;  ///< made when it is asked for

  std::vector<Group> groups_;   ///< in order of first arrival
  std::vector<uint32_t> slots_; ///< by hash: a group's number and one, 0 for none; at most half of them are taken
  size_t live_rows_ = 0;
  size_t dead_rows_ = 0;        ///< replaced since the memory was fresh
};

/// The views of a program, or of a shell's whole session, by number. Any thread.
class MaterializedViews {
 public:
  /// Makes the view, empty, unless it is there.
  std::shared_ptr<MaterializedView> open(const abi::ViewSpec& spec);
  std::shared_ptr<MaterializedView> find(int64_t id) const;
  /// Queries and readers that have it keep it.
  void forget(int64_t id);

 private:
  mutable std::mutex mutex_;
  std::map<int64_t, std::shared_ptr<MaterializedView>> views_;  // shared: a reader may outlast a view that is dropped
};

}  // namespace millrace

#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/base/state_memory.h"
#include "runtime/base/status.h"
#include "runtime/checkpoint/checkpoint_folder.h"

namespace millrace {

/// When checkpoints are made.
struct CheckpointPace {
  int64_t interval_us = 10'000'000;
  int64_t batches = 0;  ///< > 0: after so many batches, in place of the interval
};

/// What the checkpoints of a run have cost so far.
struct CheckpointCosts {
  int64_t taken = 0;           ///< that are whole
  int64_t hold_longest_ns = 0; ///< for which the job stood still for one that was written by a copy
  int64_t bytes = 0;           ///< of the last one
  int64_t bytes_written = 0;   ///< of it; the rest is in files that were there
  int64_t restore_ns = 0;      ///< from opening the one that the run went on from to its last byte; 0: it began anew
};

/// Makes the checkpoints of one part of a job. One is written by a copy of the process (fork), which sees the state as it was when it was made: the kernel
/// copies the pages that the job changes meanwhile, and the job goes on after the time of copying page tables. States lie on huge pages (base/state_memory.h), so
/// that this is about a millisecond for 1 GB; those that became small while a copy lived are put together by a thread, before the next copy. One is written at a time.
/// Used by the part's thread.
class CheckpointCoordinator {
 public:
  using Notice = std::function<void(std::string_view)>;
  /// Writes the state.
  using Write = std::function<Status(SnapshotWriter&)>;
  /// Puts on the disk what the state says has been written.
  using MakeLasting = std::function<Status()>;

  /// `folder` outlives it. `last_number`: of the checkpoint that the part began from, -1 for none.
  CheckpointCoordinator(const CheckpointFolder& folder, std::string part, CheckpointPace pace, int64_t last_number, Notice notice);
  /// Waits for the one that is being written.
  ~CheckpointCoordinator();
  CheckpointCoordinator(const CheckpointCoordinator&) = delete;
  CheckpointCoordinator& operator=(const CheckpointCoordinator&) = delete;

  /// What is done before each is written.
  void make_lasting_by(MakeLasting make_lasting) { make_lasting_ = std::move(make_lasting); }
  /// An error once that has failed: systems drop what a disk has refused, and would say the next time that all is well (it is so of fsync on Linux and others). So there must be no further
  /// checkpoint: who goes on from the last one writes it anew.
  const Status& not_lasting() const { return not_lasting_; }

  /// Whether it is time; `batches`: that the part's queries have ended so far.
  bool is_due(int64_t batches);
  /// Has a copy of the process write it.
  void take_in_background(const Write& write);
  /// Writes it here and now, once the one being written is done.
  Status take_now(const Write& write);

  /// Number of the last checkpoint that is whole on the disk, -1 for none; what came before the one before it is not needed any more.
  int64_t last_whole() const { return last_whole_; }
  int64_t next_number() const { return next_number_; }
  const CheckpointCosts& costs() const { return costs_; }
  void note_restore(int64_t ns) { costs_.restore_ns = ns; }

 private:
  /// How large one is that has been written.
  struct Sizes {
    int64_t bytes = 0;
    int64_t bytes_written = 0;
  };
  using Blocks = std::vector<MemoryRange>;
  Status make_lasting() const;

  /// `abandoned`: blocks of state that nobody here needs once the file's bytes have been handed to the system.
  Result<Sizes> write_file(const Write& write, int64_t number, const Blocks& abandoned) const;
  [[noreturn]] void write_as_copy(const Write& write, int64_t number, int result_fd, const Blocks& blocks) const;
  bool reap(bool wait);
  void note_end(int64_t number, const Sizes& sizes);
  void restore_pages();
  void note_begin();

  const CheckpointFolder& folder_;
  std::string part_;
  CheckpointPace pace_;
  Notice notice_;
  MakeLasting make_lasting_;
  Status not_lasting_;
  int64_t next_number_;
  int64_t last_whole_;
  int64_t begun_ns_;       ///< steady clock: the last one
  int64_t batches_then_ = 0;
  int64_t batches_now_ = 0;
  pid_t copy_ = -1;        ///< that writes number `copy_number_`; -1: none
  int64_t copy_number_ = -1;
  int result_fd_ = -1;     ///< what it says: the sizes, or why it could not
  CheckpointCosts costs_;
  std::thread page_thread_;                  ///< puts pages together after a copy's end
  std::atomic<bool> page_thread_is_busy_ = false;
};

}  // namespace millrace

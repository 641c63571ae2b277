#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/abi/program.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/checkpoint/coordinator.h"
#include "runtime/connectors/retry_pauses.h"
#include "runtime/engine/run_options.h"

namespace millrace {

/// The checkpoints of one part of a job: what to go on from, and who makes the next ones. Made before the part's queries are set up; used by one
/// thread at a time.
class GroupCheckpoints {
 public:
  /// Looks for the part's last checkpoint. `shape`: what has to be the same for a checkpoint to be of use, a line each thing.
  static Result<std::unique_ptr<GroupCheckpoints>> open(const CheckpointFolder& folder, std::string part, std::string shape,
                                                        const CheckpointOptions& options, CheckpointCoordinator::Notice notice);

  /// Behind the head of the checkpoint to go on from; nullptr when there is none.
  SnapshotReader* saved() { return reader_ ? &*reader_ : nullptr; }
  /// What was saved has been taken in, and its memory may go.
  void saved_was_read();

  /// The head of a new one.
  void write_head(SnapshotWriter& writer) const;
  CheckpointCoordinator& coordinator() { return coordinator_; }
  bool suspends_after_batch() const { return suspends_; }
  /// Writes one here and now, and again for a while (`CheckpointOptions::retry_for_us`) when it fails; not when the disk has refused what was written before.
  Status take_patiently(const CheckpointCoordinator::Write& write);
  /// Why queries cannot go on, once the disk has refused what they have written.
  Status not_lasting() const;
  const CheckpointFolder& folder() const { return folder_; }

 private:
  GroupCheckpoints(const CheckpointFolder& folder, std::string part, std::string shape, const CheckpointOptions& options,
                   CheckpointFolder::Latest latest, int64_t opened_ns, CheckpointCoordinator::Notice notice);
  Status read_head();

  const CheckpointFolder& folder_;
  std::string shape_;
  bool suspends_;
  RetryPauses pauses_;
  std::string path_;
  int64_t opened_ns_;  ///< steady clock: before the last checkpoint was looked for
  std::unique_ptr<SnapshotFile> file_;
  std::optional<SnapshotReader> reader_;
  CheckpointCoordinator coordinator_;
};

/// What of queries and the streams that they read must not change from one run to the next. Where rows go, and how often, may.
std::string shape_of(const abi::Program& program, const std::vector<const abi::QuerySpec*>& queries);

}  // namespace millrace

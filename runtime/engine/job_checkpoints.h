#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/engine/group_checkpoints.h"
#include "runtime/engine/run_options.h"

namespace millrace {

/// Streams that a query reads together have one number.
std::vector<size_t> group_of_sources(const abi::Program& program);

/// The checkpoints of a job, by its parts: groups of streams, and queries over tables alone. Used by the job's thread, before the groups run.
class JobCheckpoints {
 public:
  /// Opens the folder and finds what the parts go on from. Fails when a checkpoint is of other queries.
  static Result<std::unique_ptr<JobCheckpoints>> open(const abi::Program& program, const CheckpointOptions& options,
                                                      const CheckpointCoordinator::Notice& notice);

  const CheckpointFolder& folder() const { return *folder_; }
  /// What there is of a streaming query, by its number in the program; the queries of a group must ask in order. nullptr: it begins anew.
  SnapshotReader* saved_of(size_t query);
  /// The part of a query over tables alone.
  std::unique_ptr<GroupCheckpoints> take_query(const abi::QuerySpec& query);
  std::unique_ptr<GroupCheckpoints> take_group(size_t number) { return std::move(groups_[number]); }

 private:
  explicit JobCheckpoints(const abi::Program& program) : program_(program), group_of_(group_of_sources(program)) {}
  Status open_parts(const CheckpointOptions& options, const CheckpointCoordinator::Notice& notice);

  const abi::Program& program_;
  std::vector<size_t> group_of_;
  std::unique_ptr<CheckpointFolder> folder_;
  std::map<size_t, std::unique_ptr<GroupCheckpoints>> groups_;
  std::map<size_t, std::unique_ptr<GroupCheckpoints>> queries_;
};

}  // namespace millrace

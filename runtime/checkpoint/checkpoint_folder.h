#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/status.h"
#include "runtime/checkpoint/snapshot_file.h"

namespace millrace {

/// The folder in which a job keeps its checkpoints: of each part of the job (streams that are read together, a query over tables) the last ones, as
/// `PART.NUMBER.checkpoint`. One process has it at a time; so has a copy of it that still writes. Any thread, each its own parts.
class CheckpointFolder {
 public:
  static constexpr size_t kKept = 2;  ///< checkpoints of a part

  /// Makes the folder if need be. Waits a while for a process that is about to end.
  static Result<std::unique_ptr<CheckpointFolder>> open(const std::string& path);
  ~CheckpointFolder();
  CheckpointFolder(const CheckpointFolder&) = delete;
  CheckpointFolder& operator=(const CheckpointFolder&) = delete;

  const std::string& path() const { return path_; }
  /// As long as it is open, in whatever process, the folder is taken.
  int lock_descriptor() const { return lock_fd_; }
  /// Removes all checkpoints and journals.
  Status reset();

  /// The latest checkpoint of a part that is whole; nullptr when there is none. Damaged ones are told to `notice` and passed over.
  struct Latest {
    std::unique_ptr<SnapshotFile> file;
    std::string path;
    int64_t number = -1;
  };
  Result<Latest> latest(std::string_view part, const std::function<void(std::string_view)>& notice) const;

  std::string path_of(std::string_view part, int64_t number) const;
  PathOfNumber paths_of(std::string_view part) const;
  /// Removes all but the last ones of a part, and the files that have blocks of theirs.
  void prune(std::string_view part) const;
  /// Where a stream's received bytes are kept.
  std::string journal_path(std::string_view stream) const;

 private:
  explicit CheckpointFolder(std::string path) : path_(std::move(path)) {}
  Status lock();
  std::vector<int64_t> numbers_of(std::string_view part) const;

  std::string path_;
  int lock_fd_ = -1;
};

}  // namespace millrace

#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/status.h"

namespace millrace {

/// The bytes of one stream in the order in which they were received, in a folder: written before anybody acts on them, read again after a failure. A record
/// for each receive (its size, its checksum, its bytes; marks for a line that was given up and for the end) in segment files that are named by the place of their first byte; places count bytes from the stream's
/// beginning. What was appended outlasts the process at once; a thread puts it on the disk every few milliseconds, many receives at a time (group
/// commit), while more is received. Used by one thread: open, reads until there is no more, then appends.
class ReceivedJournal {
 public:
  explicit ReceivedJournal(std::string folder) : folder_(std::move(folder)) {}
  int64_t memory_bytes() const { return static_cast<int64_t>(record_.capacity()); }
  ~ReceivedJournal();
  ReceivedJournal(const ReceivedJournal&) = delete;
  ReceivedJournal& operator=(const ReceivedJournal&) = delete;

  /// Makes the folder if need be. What is read begins at `place`.
  Status open(int64_t place);
  /// 0 bytes: there is no more.
  Result<size_t> read(std::span<char> buffer);
  /// Whether read gave 0 bytes because here a line was given up, after which there may be more; and forgets it.
  bool take_cut() { return std::exchange(has_cut_, false); }
  /// The stream's end was received, too.
  bool has_ended() const { return has_ended_; }

  /// What fails leaves the journal as it was and errno behind, so that it can be tried again; errno is 0 when what was appended before may be lost.
  Status append(std::string_view bytes);
  /// The line begun last will not come to its end. Fails as append does.
  Status append_cut();
  /// Nothing will be received any more. Fails as append does.
  Status append_end();

  /// Behind the last byte that was read or appended.
  int64_t place() const { return place_; }
  /// Returns once everything is on the disk. May be called in a copy of the process.
  Status make_lasting() const;
  /// Removes segments that end before this place.
  void forget_before(int64_t place);

 private:
  struct Segment {
    int64_t place = 0;
    std::string path;
  };
  /// Full segments that wait for the disk; one more, and who appends waits as well.
  static constexpr size_t kFullMost = 2;

  Status list_segments();
  Status open_for_reading(const Segment& segment);
  Result<bool> read_record();
  Status cut_off_here();
  Status begin_segment();
  Status append_record(uint32_t size, std::string_view bytes);
  void retire_segment();
  bool cut_back();
  void sync_while_open();
  int sync_once(int written, const std::vector<int>& full, bool has_new_name) const;
  void stop_syncing();
  static Status failed(const std::string& path, int error);

  std::string folder_;
  std::vector<Segment> segments_;  ///< in order of place
  int64_t place_ = 0;
  bool has_ended_ = false;
  bool has_cut_ = false;

  size_t reading_ = 0;             ///< number of the segment that is read
  int read_fd_ = -1;
  int64_t record_at_ = 0;          ///< offset of the record in its file
  int64_t file_place_ = 0;         ///< place of the next record
  std::string record_;
  size_t record_used_ = 0;

  int64_t segment_bytes_ = 0;      ///< of the last segment
  bool is_torn_ = false;           ///< behind them lies a part of a record that could not be written
  std::mutex mutex_;               ///< of what follows
  std::condition_variable changed_;
  int write_fd_ = -1;              ///< of the last segment
  std::vector<int> full_;          ///< of those before it that are not on the disk, which the syncer closes
  bool has_new_name_ = false;      ///< so is, when false, the name of the last one
  bool is_dirty_ = false;
  bool stops_ = false;
  int sync_error_ = 0;             ///< errno of a failed sync
  std::thread syncer_;
};

}  // namespace millrace

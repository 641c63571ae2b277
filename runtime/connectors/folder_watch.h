#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "runtime/base/status.h"

namespace millrace {

/// Which files of a folder are whole and have not been taken yet. A file is whole when its writer closes it or when it is moved in; one
/// that was there before the watch began, when it has not changed for a second. Folders, names that begin with `.` or `_`, and names that
/// programs give to unfinished files are passed over. A name stands for one file as long as it is there: what is written to it after it
/// was taken is not seen.
///
/// Sees what programs on this machine do (inotify); on a network file system others' files are found only when the watch begins.
/// One thread: open, then look and take_oldest in any order.
class FolderWatch {
 public:
  /// `pattern`: as in the shell, of names.
  FolderWatch(std::string folder, std::string pattern) : folder_(std::move(folder)), pattern_(std::move(pattern)) {}
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  Status open();
  /// Takes note of what has happened; does not wait. Fails when the folder is gone.
  Status look();
  /// The path of the whole file that was changed longest ago (then by name); nothing when there is none. An older one of which it is not known yet whether it is whole
  /// comes first: else a job that is started again would find its rows late.
  std::optional<std::string> take_oldest();

  /// Names of the files that were taken and are still there.
  std::vector<std::string> taken() const;
  /// Before open, when a watch goes on: a file of this name that is there has been taken before.
  void pass_over(std::string name) { taken_.insert(std::move(name)); }

  /// Readable when look() would find something.
  int descriptor() const { return descriptor_; }
  /// How long a look may wait although nothing is told, in microseconds; negative: for ever.
  int64_t patience_us() const;
  /// Files are there of which it is not known yet whether they are whole.
  bool waits_for_files() const { return !growing_.empty(); }
  /// Name of a file that was written to after it was taken; empty when there was none since the last call.
  std::string pop_changed() { return std::exchange(changed_, {}); }

 private:
  /// When and how large a file was that may still be written.
  struct Growing {
    int64_t changed_ns = 0;
    int64_t size = 0;
    int64_t stable_since_ns = 0;  ///< steady clock
  };
  struct FileFacts {
    int64_t changed_ns = 0;  ///< since the epoch
    int64_t size = 0;
    bool has_other_names = false;  ///< a link, which nobody closes
  };

  bool wants(std::string_view name) const;
  std::optional<FileFacts> facts_of(const std::string& name) const;
  Status scan();
  void note_event(uint32_t what, uint32_t cookie, const std::string& name);
  void note_whole(const std::string& name);
  void note_growing(const std::string& name);
  void forget(const std::string& name);
  void promote_stable();

  std::string folder_;
  std::string pattern_;
  int descriptor_ = -1;
  bool is_gone_ = false;
  std::set<std::pair<int64_t, std::string>> whole_;  ///< by time of change, then name
  std::unordered_map<std::string, int64_t> waiting_;  ///< names in `whole_`, with their time there
  std::unordered_map<std::string, Growing> growing_;
  std::unordered_set<std::string> taken_;             ///< names still in the folder
  uint32_t moved_away_ = 0;                           ///< cookie of a taken file's move: it may get another name here
  std::string changed_;
};

}  // namespace millrace

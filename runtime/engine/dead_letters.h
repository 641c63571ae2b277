#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/line_block.h"
#include "runtime/abi/output_buffer.h"
#include "runtime/abi/program.h"
#include "runtime/base/status.h"
#include "runtime/connectors/retry_pauses.h"

namespace millrace {

class KeptLines;
class SnapshotReader;
class SnapshotWriter;

/// The lines of one source that could not be decoded, a JSON object each: source, file or peer where it is known, line, reason, text; and bytes, in
/// base64, of a line that is not UTF-8. Appended to the file that its option `dead_letter` names, or kept as the table `source$errors`, or both.
///
/// A line is kept once, however many queries find it bad. What is kept is in the file before the batch in hand is shown; a write that fails of what may pass is tried
/// again for the source's `retry_for`. Owned by the job;
/// used by the thread that feeds the source's rows: open, then keep.
class DeadLetters {
 public:
  /// The source must outlive it. `kept`: where the table is; nullptr: there is none. `writes`: whether the file, if one is named, is written.
  DeadLetters(const abi::SourceSpec& source, KeptLines* kept, bool writes, ConnectorContext context);
  ~DeadLetters();
  DeadLetters(const DeadLetters&) = delete;
  DeadLetters& operator=(const DeadLetters&) = delete;

  Status open();

  /// Where the file ends, for a checkpoint; and in a job that goes on from one: what came behind that is cut off, as those lines will come again. Unless the option names
  /// another file now, the file is a shorter one, or others write to it as well.
  std::string position() const;
  Status resume(std::string_view position);
  /// Puts the file on the disk. May be called in a copy of the process.
  Status make_lasting() const;
  /// Sources that name the same file: neither cuts off what may be the other's.
  void share_file() { is_shared_ = true; }
  /// The file has everything from an earlier run: of a table that is read again.
  void mute() { is_muted_ = true; }

  void snapshot(SnapshotWriter& writer) const;
  void restore(SnapshotReader& reader);
  /// `rows` of the block, in any order, repetitions among them. `origin` is the file that they come from, empty when there is but one.
  Status keep(const abi::LineBlock& block, std::vector<int64_t> rows, std::string_view origin);
  /// What had come of a line when its connection broke.
  Status keep_cut_line(std::string_view text, int64_t line, std::string_view origin);

 private:
  struct Letter {
    std::string_view text;
    int64_t line = 0;
    std::string reason;
    std::string_view origin;
  };
  void keep_letter(const Letter& letter);
  /// To text_; `origin_name` empty: the place is not told.
  void write_letter(const Letter& letter, std::string_view origin_name);
  void write_field(std::string_view name, std::string_view text);
  Status flush();
  Status failed() const;
  Status go_on_writing(size_t* written);

  const abi::SourceSpec& source_;
  std::string path_;
  std::string origin_name_;  ///< "file", "peer" or "url"; empty: not known
  std::string origin_;       ///< of sources that have only one
  KeptLines* kept_lines_;
  int fd_ = -1;
  int64_t size_ = 0;         ///< of the file, behind the last line that was written here
  bool is_shared_ = false;
  bool is_muted_ = false;
  abi::OutputBuffer text_;
  RetryPauses pauses_;
  std::set<std::pair<std::string, int64_t>> kept_;  ///< of tables, which several queries read one after the other: file and line
};

}  // namespace millrace

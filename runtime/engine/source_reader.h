#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"
#include "runtime/engine/line_ranges.h"
#include "runtime/formats/line_decoder.h"

namespace millrace {

class DeadLetters;
class SnapshotReader;
class SnapshotWriter;

/// A source with its decoder: gives blocks of rows. Used by one thread: open, then next_block until it says Ended or Failed.
class SourceReader {
 public:
  enum class Outcome : uint8_t {
    Rows,
    Nothing,
    BatchEnd,
    Ended,
    Failed,
    CutOff,  ///< a line was begun that will not come to its end: take_cut_line is to follow
  };

  /// Larger reads cost less a byte; the decoder hands them on in blocks that stay in the second-level cache.
  static constexpr size_t kReadBytes = size_t{512} << 10;

  SourceReader(const abi::SourceSpec& spec, std::unique_ptr<Source> source);

  Status open() { return source_->open(); }

  /// Where it is: the source's place, what the decoder holds, what follows that.
  void snapshot(SnapshotWriter& writer) const;
  /// In place of open: goes on from there.
  Status resume(SnapshotReader& reader);
  /// Whole lines of this source, as chunks; the first has this number.
  std::vector<std::unique_ptr<LineChunk>> chunks_of(std::string_view lines, int64_t first_line) const;
  /// Behind the last byte of the block that next_block gave last.
  const char* block_end() const { return decoder_.unused(); }
  /// What was read of its source can be read again.
  bool has_position() const { return source_->position().has_value(); }
  std::string position() const { return source_->position().value_or(""); }
  /// What it has written, journal and dead letters, is on the disk once this returns.
  Status make_lasting() const;
  /// Nobody will go on from a place before this one.
  void release(std::string_view position) { source_->release(position); }

  /// The next block of rows; waits up to `timeout_us` for bytes (0: looks only, negative: as long as it takes).
  Outcome next_block(int64_t timeout_us);
  /// The next block of bytes that were received already; Nothing when there is none.
  Outcome next_received_block();

  /// As next_block, but what comes is independent of the reader. A block in hand must have been used up.
  Outcome next_chunk(LineChunk* chunk, int64_t timeout_us);
  /// The rest of the file at hand as ranges of `read_bytes`, for several threads, when it is one and worth it; until end_ranges nothing else is
  /// read. A block in hand must have been used up.
  std::unique_ptr<LineRanges> begin_ranges();
  /// Any thread.
  Status read_range(LineRanges& ranges, const LineRanges::Range& range, LineChunk* chunk) const;
  /// Goes on behind them; not ok: `failure` of theirs.
  void end_ranges(const LineRanges& ranges, const Status& failure);
  /// Any thread, also while another one takes chunks.
  void index(LineChunk* chunk) const { decoder_.index_chunk(chunk); }
  int64_t next_line() const { return decoder_.next_line(); }
  void lines_were_taken_until(int64_t next_line) { decoder_.lines_were_taken_until(next_line); }

  /// Bytes that are asked of the source at a time.
  void set_read_bytes(size_t bytes) { read_bytes_ = bytes; }
  /// The last read gave about as much as was asked, so that there is likely to be more.
  bool filled_last_read() const { return filled_last_read_; }

  /// Where lines that cannot be decoded are kept; nullptr: they are only counted. Not owned.
  void set_dead_letters(DeadLetters* letters) { dead_letters_ = letters; }
  /// Those of them that are in memory.
  void snapshot_errors(SnapshotWriter& writer) const;
  void restore_errors(SnapshotReader& reader);
  bool keeps_dead_letters() const { return dead_letters_ != nullptr; }
  /// Keeps rows of a block that queries could not decode; see DeadLetters.
  Status keep_bad_rows(const abi::LineBlock& block, const std::vector<int64_t>& rows, const std::string& origin) const;
  /// After CutOff, with nothing of it in between: gives the line up, and keeps it as one that could not be decoded. `*was_one`: there was any of it.
  Status take_cut_line(bool* was_one);
  /// The file that the present block is from; empty when there is but one, or none.
  const std::string& origin() const { return origin_; }

  const abi::LineBlock& block() const { return block_; }
  const Status& failure() const { return failure_; }
  bool is_bulk() const { return source_->is_bulk(); }
  bool has_given_all() const { return source_->has_given_all(); }
  int64_t memory_bytes() const { return decoder_.memory_bytes() + source_->memory_bytes(); }
  bool is_scripted() const { return source_->is_scripted(); }
  int readiness_fd() const { return source_->readiness_fd(); }
  /// Steady clock, when the bytes of the present block came.
  int64_t received_ns() const { return received_ns_; }
  bool has_ended() const { return ended_; }

 private:
  template <typename Take>
  Outcome next(int64_t timeout_us, Take take);
  bool at_last_line() const;
  Outcome read_more(int64_t timeout_us);
  Outcome after_boundary();

  std::unique_ptr<Source> source_;
  LineDecoderOptions decoder_options_;
  LineDecoder decoder_;
  abi::LineBlock block_{};
  Status failure_;
  DeadLetters* dead_letters_ = nullptr;
  std::string origin_;
  int64_t received_ns_ = 0;
  size_t read_bytes_ = kReadBytes;
  bool filled_last_read_ = false;
  ReadResult::Kind boundary_ = ReadResult::Kind::Nothing;  ///< NextFile, BatchEnd or End: follows the blocks still to come
  bool ended_ = false;
};

}  // namespace millrace

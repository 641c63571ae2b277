#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/abi/line_block.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/formats/line_buffer.h"
#include "runtime/formats/line_chunk.h"
#include "runtime/formats/line_indexer.h"

namespace millrace {

class SnapshotReader;
class SnapshotWriter;

struct LineDecoderOptions {
  abi::Format format = abi::Format::Json;
  size_t line_max = 16 << 20;  ///< bytes; what is longer is cut off and flagged kRowTooLong
  bool blank_rows = false;     ///< json: a blank line is a row, of a text that is read as records
  bool skip_header = false;    ///< csv: the first record of the source (or of each file) is not a row
  char delimiter = ',';        ///< csv
  char quote = '"';            ///< csv
  char escape = '\\';          ///< csv
};

/// From the bytes of one source to blocks of whole lines. The legal order of calls:
///   reserve, write the bytes there, commit; next_block until it says false; reserve, …; at the end next_block with at_end.
/// A block is valid until the next call of anything. A partial last line waits for its rest. One thread.
class LineDecoder {
 public:
  explicit LineDecoder(const LineDecoderOptions& options) : options_(options) {}

  /// Room for `bytes` more bytes of the source (256 KB to 1 MB is a good size for a file).
  char* reserve(size_t bytes) { return buffer_.reserve(bytes); }
  void commit(size_t bytes) { buffer_.commit(bytes); }

  /// The next whole lines as a block with at least one row; false when there are none. `at_end`: no byte will follow, the last line
  /// needs no newline.
  bool next_block(abi::LineBlock* block, bool at_end);

  /// The next whole lines, as many as there are, as a chunk that is independent of the decoder; false when there are none. Csv comes
  /// indexed, since where its records end is not known before. A chunk may turn out to have no rows.
  bool take_chunk(LineChunk* chunk, bool at_end);
  /// What is committed from now on lies in this chunk's memory, so that it can be taken there without a move: one processor's cache then
  /// has it from the read to the last look. No chunk may be at hand.
  void read_into(LineChunk* chunk);
  /// Indexes a chunk that is not yet. Any thread, also while the decoder cuts off others.
  void index_chunk(LineChunk* chunk) const;
  /// Of the bytes that wait to be lines, and of a block's index.
  int64_t memory_bytes() const { return buffer_.memory_bytes() + index_.memory_bytes(); }
  /// Number of the line at the buffer's front; taking chunks does not count, so that somebody else has to tell.
  int64_t next_line() const { return next_line_; }
  void lines_were_taken_until(int64_t next_line);

  /// Bytes that are held and begin with a line; nothing when they do not, or when lines cannot be told without what is before them.
  std::optional<size_t> whole_lines_held() const;
  /// What it holds and more was read by other means; what comes next is behind that. `in_line`: the rest of a line that was cut.
  void go_on_behind(bool in_line);

  /// Another file (or connection) begins: lines count from 1, a byte-order mark and a header may stand there. Whatever is left of the one
  /// before is forgotten, so ask for its last block first.
  void restart();

  /// Gives up what is held of a line that has no end yet: its text, its number in `number`. Empty: nothing is held of one, or it was too long and has been handed out.
  std::string take_open_line(int64_t* number);

  /// What has been committed and not handed out yet, and where in its source that is.
  void snapshot(SnapshotWriter& writer) const;
  /// Into a new decoder of the same options.
  void restore(SnapshotReader& reader);
  /// The first byte that has not been handed out: where a block that was ends.
  const char* unused() const { return buffer_.data(); }
  /// As if whole lines that are numbered from `first_line` had been taken out of the middle of a source: to cut them into chunks anew.
  void resume_within(std::string_view lines, int64_t first_line);

 private:
  size_t index_lines(bool at_end);
  size_t index_csv(bool at_end);
  size_t complete_size(bool at_end, size_t bytes_max);
  size_t cut_long_line();
  size_t cut_csv_line();
  bool skip_cut_line();
  bool skip_byte_order_mark(bool at_end);
  void drop_header();
  void fill(abi::LineBlock* block);
  void detach(LineChunk* chunk, size_t size);

  LineDecoderOptions options_;
  LineBuffer buffer_;
  LineIndex index_;
  JsonIndexer index_json_ = best_json_sweeps().index_lines;
  JsonIndexer index_json_unmarked_ = best_json_sweeps().index_lines_unmarked;
  int32_t blocks_to_mark_ = 0;  ///< set by who reads the blocks
  size_t searched_ = 0;       ///< bytes at the buffer's front known to hold no newline
  int64_t next_line_ = 1;     ///< number of the line at the buffer's front
  bool is_fresh_ = true;      ///< nothing has been taken since lines began to count from 1
  bool at_start_ = true;      ///< a byte-order mark may still come
  bool header_due_ = true;    ///< csv: the header has not been seen
  int64_t header_rows_ = 0;   ///< csv: rows at the front of the index that are the header
  bool cut_line_ = false;     ///< the rest of a line that was too long is dropped
};

/// Number from 1 of a row's line in its source. Counts newlines: for messages.
int64_t line_number(const abi::LineBlock& block, int64_t row);

}  // namespace millrace

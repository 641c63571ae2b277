#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "runtime/abi/json_scan.h"
#include "runtime/abi/line_block.h"

namespace millrace {

struct ExpectedRecord;

/// Whether it is worth while to try for clean lines (json_clean_sweep.h): after a window that had too few, windows are passed over, twice as many
/// with each failure.
class UncleanInput {
 public:
  bool should_try() { return pause_ == 0 || --pause_ == 0; }
  void note(bool clean) {
    if (clean) {
      next_pause_ = 1;
      return;
    }
    pause_ = next_pause_;
    if (next_pause_ < kLongestPause) next_pause_ *= 2;
  }

 private:
  static constexpr int kLongestPause = 64;
  int pause_ = 0;
  int next_pause_ = 1;
};

/// Arrays behind a LineBlock, big enough for a text of `bytes` bytes: reused from block to block. Uninitialised pages cost nothing.
class LineIndex {
 public:
  /// Room for a text of so many bytes; forgets what was there.
  void reset(size_t bytes);

  /// Of what has been written: about an entry for each row, and of json for each colon, of which there is one in four bytes at most where lines are dense.
  int64_t memory_bytes() const { return most_bytes_; }

  uint32_t* row_begin() { return row_begin_.get(); }
  uint32_t* row_end() { return row_end_.get(); }
  uint8_t* row_flags() { return row_flags_.get(); }
  uint32_t* marks() { return marks_.get(); }
  uint32_t* mark_begin() { return mark_begin_.get(); }

  int64_t row_count = 0;
  int64_t line_count = 0;      ///< lines seen, blank ones too
  int64_t first_row_line = 0;  ///< how many of them came before row 0
  UncleanInput unclean;         ///< windows that are not clean as a whole
  UncleanInput mostly_unclean;  ///< windows in which most lines are not

 private:
  size_t capacity_ = 0;
  size_t text_bytes_ = 0;
  int64_t most_bytes_ = 0;
  std::unique_ptr<uint32_t[]> row_begin_, row_end_, marks_, mark_begin_;
  std::unique_ptr<uint8_t[]> row_flags_;
};

/// A text of whole lines, each ended by `\n`; `line_max` is the longest line that is kept whole, in bytes.
/// 64 bytes before and behind it are readable; size below 2^31.
struct LineText {
  const char* base;
  size_t size;
  size_t line_max;
  bool blank_rows = false;  ///< json: a blank line is a row too (without a record)
};

/// Indexes records of json in one sweep: rows, flags, colons outside strings. After the index stage of Y. Li et al.,
/// "Mison: a fast JSON parser for data analytics" (VLDB 2017), with the quote masks of G. Langdale and D. Lemire, "Parsing
/// gigabytes of JSON per second" (2019). A line with an open string never costs its neighbours: the state is that of a line.
using JsonIndexer = void (*)(const LineText& text, LineIndex* index);

void index_json_lines_portable(const LineText& text, LineIndex* index);
void index_json_lines_avx2(const LineText& text, LineIndex* index);
void index_json_lines_avx512(const LineText& text, LineIndex* index);

/// The same, but rows that are flat, of plain ASCII and without escapes are flagged kRowUnmarked and have no colons, which makes the sweep
/// cheaper. Which rows these are depends on their neighbours.
void index_json_lines_unmarked_avx2(const LineText& text, LineIndex* index);
void index_json_lines_unmarked_avx512(const LineText& text, LineIndex* index);

/// Compares unmarked rows, and if asked to those that have marks and no flags, with what is expected of them, and those that do not fit with
/// what is expected of `odd` ones: see runtime/formats/expected_record.h. The number of odd rows.
using RowPlacer = int64_t (*)(const ExpectedRecord& expected, const ExpectedRecord& odd, const abi::LineBlock& block, int64_t from,
                              int64_t to, bool marked_too, abi::JsonField* placed, uint64_t* known);
int64_t place_rows_avx2(const ExpectedRecord& expected, const ExpectedRecord& odd, const abi::LineBlock& block, int64_t from, int64_t to,
                        bool marked_too, abi::JsonField* placed, uint64_t* known);
int64_t place_rows_avx512(const ExpectedRecord& expected, const ExpectedRecord& odd, const abi::LineBlock& block, int64_t from, int64_t to,
                          bool marked_too, abi::JsonField* placed, uint64_t* known);

/// The fields of one row that a placer has left as pending; false when it is not as expected after all.
using LatePlacer = bool (*)(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t row, abi::JsonField* placed);
bool place_late_fields_avx2(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t row, abi::JsonField* placed);
bool place_late_fields_avx512(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t row, abi::JsonField* placed);

/// Writes the offsets of the colons, braces and brackets outside strings of one record, nested ones too, and returns the end of
/// what was written; nullptr when a string is open at the record's end. `out` has room for size + 64 offsets; 64 bytes behind the
/// record are readable. A backslash hides a quote after it, also outside strings, as for the indexers.
using RecordScanner = uint32_t* (*)(const char* record, size_t size, uint32_t* out);

uint32_t* scan_record_structure_portable(const char* record, size_t size, uint32_t* out);
uint32_t* scan_record_structure_avx2(const char* record, size_t size, uint32_t* out);
uint32_t* scan_record_structure_avx512(const char* record, size_t size, uint32_t* out);

/// The variants that this machine can run, best first. All give the same.
struct JsonSweeps {
  std::string_view name;
  JsonIndexer index_lines;
  RecordScanner scan_record;
  JsonIndexer index_lines_unmarked;  ///< nullptr, as are the placers, where full sweeps are as good
  RowPlacer place_rows;
  LatePlacer place_late_fields;
};
std::span<const JsonSweeps> json_sweeps();

inline const JsonSweeps& best_json_sweeps() { return json_sweeps().front(); }

/// Indexes lines of text: every line is a row, also an empty one.
void index_text_lines(const LineText& text, LineIndex* index);

}  // namespace millrace

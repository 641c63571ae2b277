#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/base/status.h"
#include "runtime/connectors/connector.h"
#include "runtime/formats/line_chunk.h"

namespace millrace {

/// Whole lines of a file that several threads read at once: each claims the next range of bytes and reads it, from the first line that begins in
/// it to the end of the last. Nobody waits for the bytes before: a line belongs to the range that holds the newline in front of it.
class LineRanges {
 public:
  struct Range {
    int64_t begin = 0;  ///< bytes from the file's begin
    int64_t end = 0;
    bool begins_line = false;
  };
  /// Where whoever goes on behind the ranges has to begin.
  struct Place {
    int64_t offset = 0;
    bool in_line = false;  ///< in the rest of a line that was too long
  };

  /// `rest` begins with a line. Lines of more than `line_max` bytes are cut, one byte beyond.
  LineRanges(FileRest rest, size_t range_bytes, size_t line_max);

  /// The next range, while a whole one is there. One thread at a time.
  std::optional<Range> claim();
  /// Reads a range's lines, not indexed yet; there may be none. Any thread, side by side with others.
  Status read(const Range& range, LineChunk* chunk);
  /// Once all ranges that were claimed have been read.
  Place end() const;

 private:
  Status fill(LineBuffer& bytes, int64_t offset, size_t wanted, bool* at_end) const;
  Status read_to_newline(const Range& range, LineBuffer& bytes, size_t last_line, bool* is_cut) const;
  void note_end(int64_t offset, bool in_line);

  FileRest rest_;
  int64_t range_bytes_;
  size_t line_max_;
  size_t look_ahead_;               ///< bytes behind a range that are read with it, since its last line ends there
  int64_t next_;
  std::atomic<int64_t> last_end_;   ///< twice the offset, and 1 for a place in a line
};

}  // namespace millrace

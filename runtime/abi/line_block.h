#pragma once

#include <cstdint>

namespace millrace::abi {

/// Why a row needs the general parser rather than the straight one. Bits of LineBlock::row_flags.
enum RowFlag : uint8_t {
  kRowNested = 1,      ///< braces or brackets other than the first and last byte, or no `{…}` around the line
  kRowOpenString = 2,  ///< an odd number of unescaped quotes: the line is malformed
  kRowEscape = 4,      ///< a backslash somewhere in the line
  kRowBadUtf8 = 8,     ///< some bytes are not UTF-8 (which field they fall in is not known yet)
  kRowTooLong = 16,    ///< longer than max_line: its bytes were cut off; an error row
  kRowUnmarked = 32,   ///< alone: nothing irregular, ASCII throughout, but its colons have not been indexed
};

/// Bytes behind the last line of a block that may be read: records are compared with what is expected of them in whole blocks.
inline constexpr int64_t kBytesReadableBehind = 768;

/// A run of whole lines of text, indexed: what a source hands to the pipelines that read it.
/// Offsets are from `base`. Blank lines are not rows for json and csv. kBytesReadableBehind bytes after the last
/// line and 256 bytes before `base` are readable (key comparisons look backwards from a colon).
/// Owned by the source's decoder; valid until it is asked for the next block. Read-only for everybody else.
struct LineBlock {
  const char* base;
  const uint32_t* row_begin;   ///< first byte of row i
  const uint32_t* row_end;     ///< one past its last byte, without `\n`, `\r\n`
  const uint8_t* row_flags;    ///< RowFlag bits; json only, else all 0
  const uint32_t* marks;       ///< json: offsets of the colons outside strings, all rows one after the other
  const uint32_t* mark_begin;  ///< row i's marks are [mark_begin[i], mark_begin[i + 1])
  int64_t row_count;
  int64_t first_line;          ///< number from 1 of the line of row 0 in its source; for messages
  int32_t* blocks_to_mark;     ///< json: a reader of the block sets it to have the colons of so many blocks to come indexed
  int64_t serial = 0;          ///< how often this LineBlock has been filled; 0: unknown, what was found of its lines before does not count
};

}  // namespace millrace::abi

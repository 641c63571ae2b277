#pragma once

#include <cstdint>

#include "runtime/formats/line_indexer.h"
#include "runtime/formats/utf8_check.h"

/// The body of the json indexer, for a `Simd` that says how 64 bytes become masks. Included by one source file for each
/// instruction set, each compiled with its own flags: everything here has internal linkage, lest the linker take one
/// file's copy of a function for all.
namespace millrace {
namespace {

/// The characters escaped by a backslash within one block of 64 bytes; `*carry` is 1 when the first byte of the next block is.
/// Backslashes are rare, so one step for each does.
inline uint64_t find_escaped(uint64_t backslash, uint64_t* carry) {
  uint64_t escaped = *carry;
  backslash &= ~escaped;
  *carry = 0;
  while (backslash != 0) {
    const int at = __builtin_ctzll(backslash);
    if (at == 63) {
      *carry = 1;
      break;
    }
    escaped |= uint64_t{2} << at;
    backslash &= ~(uint64_t{3} << at);
  }
  return escaped;
}

inline bool is_blank_line(const char* p, const char* end) {
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\r')) ++p;
  return p == end;
}

/// Masks of a block that finishing its lines needs.
struct BlockMasks {
  uint64_t colon;
  uint64_t brace;
  uint64_t backslash;
  uint64_t high;  ///< bytes that are not ASCII
  uint64_t open;  ///< newlines that end a line with an open string
};

/// What is known of the line at hand from the blocks before, and where the results go.
template <typename Simd>
class JsonLineSweep {
 public:
  JsonLineSweep(const LineText& text, LineIndex* index)
      : base_(text.base),
        size_(text.size),
        line_max_(text.line_max),
        row_begin_(index->row_begin()),
        row_end_(index->row_end()),
        row_flags_(index->row_flags()),
        mark_begin_(index->mark_begin()),
        mark_slot_(index->marks()),
        index_(index) {}

  void run() {
    uint64_t in_string_before = 0;  // all ones when a block begins inside a string
    uint64_t escape_carry = 0;
    for (size_t offset = 0; offset < size_; offset += 64) {
      const typename Simd::Block block(base_ + offset);
      const size_t left = size_ - offset;
      const uint64_t newline = block.equals('\n') & (left >= 64 ? ~uint64_t{0} : (uint64_t{1} << left) - 1);
      BlockMasks masks;
      masks.backslash = block.equals('\\');
      masks.high = block.high();
      masks.open = 0;
      uint64_t quote = block.equals('"');
      if (__builtin_expect((masks.backslash | escape_carry) != 0, 0)) quote &= ~find_escaped(masks.backslash, &escape_carry);
      uint64_t in_string = Simd::prefix_xor(quote) ^ in_string_before;
      while (__builtin_expect((newline & in_string) != 0, 0)) {
        // The string is not closed in its line: the newline stands for its end.
        const uint64_t line_end = newline & in_string & (0 - (newline & in_string));
        masks.open |= line_end;
        quote |= line_end;
        in_string = Simd::prefix_xor(quote) ^ in_string_before;
      }
      in_string_before = static_cast<uint64_t>(static_cast<int64_t>(in_string) >> 63);
      masks.colon = block.equals(':') & ~in_string;
      masks.brace = block.braces() & ~in_string;
      mark_slot_ = Simd::flatten(masks.colon, static_cast<uint32_t>(offset), mark_slot_);
      if (newline == 0) {
        carry_line(masks, ~uint64_t{0});
      } else {
        finish_lines(masks, newline, offset);
      }
    }
    mark_begin_[row_] = marks_;
    index_->row_count = row_;
    index_->line_count = lines_;
  }

 private:
  void carry_line(const BlockMasks& masks, uint64_t span) {
    line_marks_ += static_cast<uint32_t>(__builtin_popcountll(masks.colon & span));
    line_braces_ += static_cast<uint32_t>(__builtin_popcountll(masks.brace & span));
    line_backslash_ |= masks.backslash & span;
    line_high_ |= masks.high & span;
  }

  void finish_lines(const BlockMasks& masks, uint64_t newline, size_t offset) {
    uint64_t done = 0;
    do {
      const uint64_t through = newline ^ (newline - 1);  // up to and with the lowest newline
      carry_line(masks, through & ~done);
      done = through;
      const int at = __builtin_ctzll(newline);
      finish_line(static_cast<uint32_t>(offset) + static_cast<uint32_t>(at), (masks.open >> at & 1) != 0);
      newline &= newline - 1;
    } while (newline != 0);
    carry_line(masks, ~done);
  }

  void finish_line(uint32_t newline, bool open) {
    const uint32_t begin = line_begin_;
    uint32_t end = newline - (newline > begin && base_[newline - 1] == '\r');
    const bool flat = line_braces_ == 2 && base_[begin] == '{' && base_[static_cast<size_t>(end) - 1] == '}';
    uint32_t flags = (flat ? 0 : abi::kRowNested) | (open ? abi::kRowOpenString : 0) |
                     (line_backslash_ != 0 ? abi::kRowEscape : 0);
    bool is_row = true;
    if (__builtin_expect(!flat || line_high_ != 0 || end - begin > line_max_, 0)) is_row = classify(begin, &end, &flags);
    if (is_row) {
      if (row_ == 0) index_->first_row_line = lines_;
      row_begin_[row_] = begin;
      row_end_[row_] = end;
      row_flags_[row_] = static_cast<uint8_t>(flags);
      mark_begin_[row_] = marks_;
      ++row_;
    }
    ++lines_;
    marks_ += line_marks_;
    line_begin_ = newline + 1;
    line_marks_ = line_braces_ = 0;
    line_backslash_ = line_high_ = 0;
  }

  /// The rarer properties of a line; false when it is blank and thus no row (and has no marks).
  bool classify(uint32_t begin, uint32_t* end, uint32_t* flags) const {
    if (*end - begin > line_max_) {
      *end = begin + static_cast<uint32_t>(line_max_);
      *flags |= abi::kRowTooLong;
      return true;
    }
    if (is_blank_line(base_ + begin, base_ + *end)) return false;
    if (line_high_ != 0 && !is_utf8({base_ + begin, *end - begin})) *flags |= abi::kRowBadUtf8;
    return true;
  }

  const char* base_;
  size_t size_;
  size_t line_max_;
  uint32_t* row_begin_;
  uint32_t* row_end_;
  uint8_t* row_flags_;
  uint32_t* mark_begin_;
  uint32_t* mark_slot_;
  LineIndex* index_;

  int64_t row_ = 0;
  int64_t lines_ = 0;
  uint32_t marks_ = 0;  ///< of all lines before
  uint32_t line_begin_ = 0;
  uint32_t line_marks_ = 0;
  uint32_t line_braces_ = 0;
  uint64_t line_backslash_ = 0;
  uint64_t line_high_ = 0;
};

}  // namespace
}  // namespace millrace

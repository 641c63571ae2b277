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

/// Blocks of 64 bytes are swept in chunks of so many; what is found of a chunk stays in the first-level cache.
constexpr size_t kChunkBlocks = 128;

/// A block in which lines end.
struct NewlineBlock {
  uint64_t newline;
  uint64_t colon;  ///< outside strings, as are braces
  uint64_t brace;
  const uint32_t* mark_slot;  ///< of its first colon
  uint32_t offset;
  uint32_t braces_before;  ///< of all blocks before
};

/// A block with something that most lines do not have.
struct RareBlock {
  uint64_t backslash;
  uint64_t high;  ///< bytes that are not ASCII
  uint64_t open;  ///< newlines that end a line with an open string
  uint32_t offset;
};

struct ChunkBlocks {
  size_t newline_count;
  size_t rare_count;
  NewlineBlock newlines[kChunkBlocks + 1];  // one slot more: every block is written, only those with a newline are kept
  RareBlock rares[kChunkBlocks];
};

/// What the blocks so far leave for the next one.
struct SweepCarry {
  uint64_t in_string = 0;  ///< all ones when a block begins inside a string
  uint64_t escape = 0;     ///< 1 when its first byte is escaped
  uint32_t braces = 0;
  uint32_t* mark_slot;
};

/// Quotes of a block with escapes or with a newline inside a string, and where it leaves strings: `*in_string`.
template <typename Simd>
__attribute__((noinline)) void resolve_rare_block(RareBlock* rare, uint64_t newline, uint64_t quote, SweepCarry* carry,
                                                  uint64_t* in_string) {
  quote &= ~find_escaped(rare->backslash, &carry->escape);
  *in_string = Simd::prefix_xor(quote) ^ carry->in_string;
  rare->open = 0;
  while ((newline & *in_string) != 0) {
    // The string is not closed in its line: the newline stands for its end.
    const uint64_t line_end = newline & *in_string & (0 - (newline & *in_string));
    rare->open |= line_end;
    quote |= line_end;
    *in_string = Simd::prefix_xor(quote) ^ carry->in_string;
  }
}

/// Stores the marks of the blocks in [from, to) and notes where lines end. Kept apart from the lines' bookkeeping, so that the loop's
/// state fits the registers.
template <typename Simd>
__attribute__((noinline)) void sweep_blocks(const char* base, size_t from, size_t to, SweepCarry* carry,
                                            ChunkBlocks* chunk) {
  const Simd simd;
  uint64_t in_string_before = carry->in_string;
  uint64_t escape = carry->escape;
  uint32_t braces = carry->braces;
  uint32_t* mark_slot = carry->mark_slot;
  NewlineBlock* line_end = chunk->newlines;
  RareBlock* rare = chunk->rares;
  for (size_t offset = from; offset < to; offset += 64) {
    const auto block = simd.load(base + offset);
    const uint64_t newline = simd.newlines(block);
    const uint64_t quote = simd.quotes(block);
    const uint64_t irregular = simd.backslashes_or_high(block);
    uint64_t in_string = Simd::prefix_xor(quote) ^ in_string_before;
    if (__builtin_expect((irregular | escape | (newline & in_string)) != 0, 0)) {
      carry->in_string = in_string_before;
      carry->escape = escape;
      const uint64_t backslash = simd.backslashes(block);
      *rare = {backslash, irregular & ~backslash, 0, static_cast<uint32_t>(offset)};
      uint64_t resolved;
      resolve_rare_block<Simd>(rare++, newline, quote, carry, &resolved);
      in_string = resolved;
      escape = carry->escape;
    }
    in_string_before = static_cast<uint64_t>(static_cast<int64_t>(in_string) >> 63);
    uint64_t colon = simd.colons(block) & ~in_string;
    uint64_t brace = simd.braces(block) & ~in_string;
    // Wanted in general registers, once: moves out of mask registers are what bounds this loop.
    asm("" : "+r"(colon), "+r"(brace));
    *line_end = {newline, colon, brace, mark_slot, static_cast<uint32_t>(offset), braces};
    line_end += newline != 0;
    mark_slot = simd.flatten(colon, static_cast<uint32_t>(offset), mark_slot);
    braces += static_cast<uint32_t>(__builtin_popcountll(brace));
  }
  *carry = {in_string_before, escape, braces, mark_slot};
  chunk->newline_count = static_cast<size_t>(line_end - chunk->newlines);
  chunk->rare_count = static_cast<size_t>(rare - chunk->rares);
}

/// Turns noted line ends into rows.
class LineFinisher {
 public:
  LineFinisher(const LineText& text, LineIndex* index)
      : text_(text),
        row_begin_(index->row_begin()),
        row_end_(index->row_end()),
        row_flags_(index->row_flags()),
        mark_begin_(index->mark_begin()),
        index_(index) {}

  /// The lines of a chunk that end before `window_end`; what the chunk's last block holds beyond it is not looked at.
  void finish_lines(const ChunkBlocks& chunk, size_t chunk_end, size_t window_end) {
    rare_ = chunk.rares;
    rare_end_ = chunk.rares + chunk.rare_count;
    for (size_t i = 0; i < chunk.newline_count; ++i) {
      const NewlineBlock& block = chunk.newlines[i];
      for (uint64_t newline = block.newline; newline != 0; newline &= newline - 1) {
        const uint32_t at = block.offset + static_cast<uint32_t>(__builtin_ctzll(newline));
        if (at >= window_end) return;
        const uint64_t through = newline ^ (newline - 1);  // up to and with the lowest newline
        const auto marks = static_cast<uint32_t>(block.mark_slot - index_->marks() + __builtin_popcountll(block.colon & through));
        const uint32_t braces = block.braces_before + static_cast<uint32_t>(__builtin_popcountll(block.brace & through));
        finish_line(at, braces - braces_);
        marks_ = marks;
        braces_ = braces;
        begin_ = at + 1;
      }
    }
    if (rare_ != rare_end_) flags_ |= take_rare_flags(static_cast<uint32_t>(chunk_end));
  }

  /// Between windows, at the beginning of a line: marks and braces of blocks that reached beyond the last window do not count.
  SweepCarry begin_window() {
    flags_ = 0;
    SweepCarry carry;
    carry.braces = braces_;
    carry.mark_slot = index_->marks() + marks_;
    return carry;
  }

  struct Position {
    int64_t rows;
    int64_t lines;
    uint32_t begin;
  };
  Position position() const { return {rows_, lines_, begin_}; }
  void return_to(const Position& position) {
    rows_ = position.rows;
    lines_ = position.lines;
    begin_ = position.begin;
  }
  /// A line that is known to be a row of plain ASCII, flat, its strings closed.
  void add_unmarked_line(uint32_t newline) {
    row_begin_[rows_] = begin_;
    row_end_[rows_] = newline;
    row_flags_[rows_] = abi::kRowUnmarked;
    mark_begin_[rows_] = marks_;
    ++rows_;
    ++lines_;
    begin_ = newline + 1;
  }

  void finish() {
    mark_begin_[rows_] = marks_;
    index_->row_count = rows_;
    index_->line_count = lines_;
  }

 private:
  void finish_line(uint32_t newline, uint32_t braces) {
    uint32_t end = newline - (newline > begin_ && text_.base[newline - 1] == '\r');
    const bool flat = braces == 2 && text_.base[begin_] == '{' && text_.base[static_cast<size_t>(end) - 1] == '}';
    uint32_t flags = flags_ | (flat ? 0 : uint32_t{abi::kRowNested});
    flags_ = 0;
    if (__builtin_expect(rare_ != rare_end_, 0)) flags |= take_rare_flags(newline);
    ++lines_;
    if (__builtin_expect((flags != 0) | (end - begin_ > text_.line_max), 0) && !classify(&end, &flags)) return;
    row_begin_[rows_] = begin_;
    row_end_[rows_] = end;
    row_flags_[rows_] = static_cast<uint8_t>(flags);
    mark_begin_[rows_] = marks_;
    ++rows_;
  }

  /// Flags of the part of the line at hand that ends at `last`; a line with bytes that are not ASCII has kRowBadUtf8 until it is checked.
  __attribute__((noinline)) uint32_t take_rare_flags(uint32_t last) {
    uint32_t flags = 0;
    for (; rare_ != rare_end_ && rare_->offset <= last; ++rare_) {
      uint64_t span = ~uint64_t{0};
      if (begin_ > rare_->offset) span <<= begin_ - rare_->offset;
      if (last - rare_->offset < 63) span &= (uint64_t{2} << (last - rare_->offset)) - 1;
      if (rare_->backslash & span) flags |= abi::kRowEscape;
      if (rare_->high & span) flags |= abi::kRowBadUtf8;
      if (rare_->open & span) flags |= abi::kRowOpenString;
      if (last - rare_->offset < 63) break;  // the next line has its part of this block
    }
    return flags;
  }

  /// The rarer properties of a line; false when it is blank and thus no row (it then has no marks).
  __attribute__((noinline)) bool classify(uint32_t* end, uint32_t* flags) {
    const char* begin = text_.base + begin_;
    if (*end - begin_ > text_.line_max) {
      *end = begin_ + static_cast<uint32_t>(text_.line_max);
      *flags = (*flags & ~uint32_t{abi::kRowBadUtf8}) | abi::kRowTooLong;
      return true;
    }
    if (!text_.blank_rows && is_blank_line(begin, text_.base + *end)) {
      if (rows_ == 0) index_->first_row_line = lines_;
      return false;
    }
    if ((*flags & abi::kRowBadUtf8) && is_utf8({begin, *end - begin_})) *flags &= ~uint32_t{abi::kRowBadUtf8};
    return true;
  }

  const LineText text_;
  uint32_t* const row_begin_;
  uint32_t* const row_end_;
  uint8_t* const row_flags_;
  uint32_t* const mark_begin_;
  LineIndex* const index_;
  const RareBlock* rare_ = nullptr;
  const RareBlock* rare_end_ = nullptr;

  int64_t rows_ = 0;
  int64_t lines_ = 0;
  uint32_t begin_ = 0;   ///< of the line at hand
  uint32_t marks_ = 0;   ///< of all lines before it
  uint32_t braces_ = 0;  ///< of all lines before it
  uint32_t flags_ = 0;   ///< of its part in chunks before
};

/// Indexes the whole lines in [from, to).
template <typename Simd>
void sweep_window(const LineText& text, size_t from, size_t to, LineFinisher* lines) {
  SweepCarry carry = lines->begin_window();
  ChunkBlocks chunk;
  for (; from < to; from += kChunkBlocks * 64) {
    const size_t end = to - from < kChunkBlocks * 64 ? to : from + kChunkBlocks * 64;
    sweep_blocks<Simd>(text.base, from, end, &carry, &chunk);
    lines->finish_lines(chunk, end - 1, to);
  }
}

template <typename Simd>
void sweep_json_lines(const LineText& text, LineIndex* index) {
  LineFinisher lines(text, index);
  sweep_window<Simd>(text, 0, text.size, &lines);
  lines.finish();
}

/// The scanner of one record: see RecordScanner.
template <typename Simd>
uint32_t* scan_record_structure(const char* record, size_t size, uint32_t* out) {
  const Simd simd;
  uint64_t in_string_before = 0;
  uint64_t escape = 0;
  for (size_t offset = 0; offset < size; offset += 64) {
    const auto block = simd.load(record + offset);
    const size_t left = size - offset;
    const uint64_t valid = left >= 64 ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
    uint64_t quote = simd.quotes(block) & valid;
    const uint64_t backslash = simd.backslashes(block) & valid;
    if ((backslash | escape) != 0) quote &= ~find_escaped(backslash, &escape);
    const uint64_t in_string = Simd::prefix_xor(quote) ^ in_string_before;
    in_string_before = static_cast<uint64_t>(static_cast<int64_t>(in_string) >> 63);
    const uint64_t structure = (simd.colons(block) | simd.braces(block)) & ~in_string & valid;
    out = simd.flatten(structure, static_cast<uint32_t>(offset), out);
  }
  return in_string_before != 0 ? nullptr : out;
}

}  // namespace
}  // namespace millrace

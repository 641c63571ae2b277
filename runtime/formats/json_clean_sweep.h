#pragma once

#include <cstring>

#include "runtime/formats/json_line_sweep.h"

/// A cheaper indexer for input in which nothing is out of the ordinary: it only finds the lines, and proves of a window of them, by
/// counting, that each is one flat object of plain ASCII without escapes whose strings are closed. The colons of such lines are not
/// indexed: most readers know where their fields will be. Of a window that cannot be proved clean as a whole each line is counted by
/// itself, and only those that are not clean are swept in full. Included as json_line_sweep.h is.
namespace millrace {
namespace {

/// Counters of bytes are eight bits wide, so a window has less than 256 blocks.
constexpr size_t kWindowBytes = kChunkBlocks * 64;

/// A block in which control characters occur, which should be newlines.
struct ControlBlock {
  uint64_t control;
  uint64_t quote;
  uint32_t offset;
  uint32_t quotes_before;  ///< of all blocks before
};

struct CleanWindow {
  size_t control_count;
  uint64_t braces;
  ControlBlock controls[kChunkBlocks + 1];
};

/// Notes the control characters of [from, to) and counts its braces and brackets; false when it has a backslash or a byte that is not ASCII.
template <typename Simd>
__attribute__((noinline)) bool note_controls(const char* base, size_t from, size_t to, CleanWindow* window) {
  const Simd simd;
  typename Simd::Tally tally;
  uint32_t quotes = 0;
  ControlBlock* control_block = window->controls;
  const auto take = [&](const char* p, size_t offset) {
    const auto block = simd.load(p);
    const uint64_t control = simd.controls(block);
    const uint64_t quote = simd.quotes(block);
    simd.add(block, &tally);
    *control_block = {control, quote, static_cast<uint32_t>(offset), quotes};
    control_block += control != 0;
    quotes += static_cast<uint32_t>(__builtin_popcountll(quote));
  };
  size_t offset = from;
  for (; offset + 64 <= to; offset += 64) take(base + offset, offset);
  if (offset < to) {
    char rest[64];  // the next line's bytes must not be counted
    std::memset(rest, ' ', sizeof rest);
    std::memcpy(rest, base + offset, to - offset);
    take(rest, offset);
  }
  window->control_count = static_cast<size_t>(control_block - window->controls);
  window->braces = simd.braces(tally);
  return !simd.has_irregular(tally);
}

/// Adds the lines of a window that is clean; of another one, none.
template <typename Simd>
bool sweep_clean_window(const LineText& text, size_t from, size_t to, CleanWindow* window, LineFinisher* lines) {
  if (!note_controls<Simd>(text.base, from, to, window)) return false;
  const LineFinisher::Position before = lines->position();
  uint32_t begin = before.begin;
  uint32_t quotes = 0;
  uint32_t wrong = 0;
  for (size_t i = 0; i < window->control_count; ++i) {
    const ControlBlock& block = window->controls[i];
    for (uint64_t control = block.control; control != 0; control &= control - 1) {
      const uint32_t at = block.offset + static_cast<uint32_t>(__builtin_ctzll(control));
      const uint64_t through = control ^ (control - 1);
      const uint32_t quotes_here = block.quotes_before + static_cast<uint32_t>(__builtin_popcountll(block.quote & through));
      wrong |= static_cast<uint32_t>(text.base[at] ^ '\n') | static_cast<uint32_t>(text.base[begin] ^ '{') |
               static_cast<uint32_t>(text.base[static_cast<int64_t>(at) - 1] ^ '}') | ((quotes_here ^ quotes) & 1) |
               static_cast<uint32_t>(at - begin > text.line_max);
      quotes = quotes_here;
      begin = at + 1;
      lines->add_unmarked_line(at);
    }
  }
  const auto rows = static_cast<uint64_t>(lines->position().rows - before.rows);
  if (wrong == 0 && window->braces == 2 * rows) return true;
  lines->return_to(before);
  return false;
}

/// What stands in the blocks up to a place.
struct LineCounts {
  uint32_t quotes = 0;
  uint32_t braces = 0;
  uint32_t irregular = 0;  ///< backslashes and bytes that are not ASCII
};

/// A block in which control characters occur, and what is counted in it.
struct CountedBlock {
  uint64_t control;
  uint64_t quote;
  uint64_t brace;
  uint64_t irregular;
  uint32_t offset;
  LineCounts before;

  /// Up to and with the lowest of these control characters.
  LineCounts through(uint64_t controls) const {
    const uint64_t bytes = controls ^ (controls - 1);
    const auto in = [bytes](uint64_t mask) { return static_cast<uint32_t>(__builtin_popcountll(mask & bytes)); };
    return {before.quotes + in(quote), before.braces + in(brace), before.irregular + in(irregular)};
  }
};

struct MixedWindow {
  size_t control_count;
  CountedBlock controls[kChunkBlocks + 1];
};

template <typename Simd>
__attribute__((noinline)) void count_controls(const char* base, size_t from, size_t to, MixedWindow* window) {
  const Simd simd;
  LineCounts counts;
  CountedBlock* counted = window->controls;
  const auto take = [&](const char* p, size_t offset) {
    const auto block = simd.load(p);
    const uint64_t control = simd.controls(block);
    const uint64_t quote = simd.quotes(block);
    const uint64_t brace = simd.braces(block);
    const uint64_t irregular = simd.backslashes_or_high(block);
    *counted = {control, quote, brace, irregular, static_cast<uint32_t>(offset), counts};
    counted += control != 0;
    counts.quotes += static_cast<uint32_t>(__builtin_popcountll(quote));
    counts.braces += static_cast<uint32_t>(__builtin_popcountll(brace));
    counts.irregular += static_cast<uint32_t>(__builtin_popcountll(irregular));
  };
  for (size_t offset = from; offset < to; offset += 64) take(base + offset, offset);  // what is beyond `to` counts for no line
  window->control_count = static_cast<size_t>(counted - window->controls);
}

/// Adds the lines of a window, those that are clean without marks; whether most of them were.
template <typename Simd>
bool sweep_mixed_window(const LineText& text, size_t from, size_t to, MixedWindow* window, LineFinisher* lines) {
  count_controls<Simd>(text.base, from, to, window);
  auto begin = static_cast<uint32_t>(from);
  uint32_t swept_to = begin;  // lines from here on are not added yet, and not clean
  LineCounts before;
  bool is_strange = false;
  uint32_t clean_bytes = 0;
  for (size_t i = 0; i < window->control_count; ++i) {
    const CountedBlock& block = window->controls[i];
    for (uint64_t control = block.control; control != 0; control &= control - 1) {
      const uint32_t at = block.offset + static_cast<uint32_t>(__builtin_ctzll(control));
      if (at >= to) break;
      if (text.base[at] != '\n') {
        is_strange = true;
        continue;
      }
      const LineCounts now = block.through(control);
      const uint32_t wrong = static_cast<uint32_t>(text.base[begin] ^ '{') | static_cast<uint32_t>(text.base[static_cast<int64_t>(at) - 1] ^ '}') |
                             ((now.quotes ^ before.quotes) & 1) | ((now.braces - before.braces) ^ 2) | (now.irregular ^ before.irregular) |
                             static_cast<uint32_t>(is_strange) | static_cast<uint32_t>(at - begin > text.line_max);
      if (wrong == 0) {
        if (swept_to < begin) sweep_window<Simd>(text, swept_to, begin, lines);
        lines->add_unmarked_line(at);
        clean_bytes += at - begin;
        swept_to = at + 1;
      }
      is_strange = false;
      before = now;
      begin = at + 1;
    }
  }
  if (swept_to < begin) sweep_window<Simd>(text, swept_to, begin, lines);
  return clean_bytes * uint64_t{2} > to - from;
}

/// The end of the last line that ends in [from, from + kWindowBytes), or of the first line when it is longer.
inline size_t end_of_window(const LineText& text, size_t from) {
  const size_t most = text.size - from < kWindowBytes ? text.size - from : kWindowBytes;
  const char* first = text.base + from;
  const void* newline = memrchr(first, '\n', most);
  if (newline == nullptr) newline = std::memchr(first + most, '\n', text.size - from - most);
  return static_cast<size_t>(static_cast<const char*>(newline) - text.base) + 1;
}

template <typename Simd>
void sweep_json_lines_unmarked(const LineText& text, LineIndex* index) {
  LineFinisher lines(text, index);
  CleanWindow clean;
  MixedWindow mixed;
  for (size_t from = 0; from < text.size;) {
    const size_t to = end_of_window(text, from);
    const bool fits = to - from <= kWindowBytes;
    bool is_swept = false;
    if (fits && index->unclean.should_try()) {
      is_swept = sweep_clean_window<Simd>(text, from, to, &clean, &lines);
      index->unclean.note(is_swept);
    }
    if (!is_swept && fits && index->mostly_unclean.should_try()) {
      index->mostly_unclean.note(sweep_mixed_window<Simd>(text, from, to, &mixed, &lines));
      is_swept = true;
    }
    if (!is_swept) sweep_window<Simd>(text, from, to, &lines);
    from = to;
  }
  lines.finish();
}

}  // namespace
}  // namespace millrace

#pragma once

#include <immintrin.h>

#include "runtime/formats/expected_record.h"
#include "runtime/formats/line_indexer.h"

/// Compares rows with what is expected of them. Included by one source file for each instruction set (which must have BMI2), as
/// json_line_sweep.h is.
namespace millrace {
namespace {

inline bool key_is(const char* open, const ExpectedRecord::TailField& field) {
  uint64_t bytes;
  __builtin_memcpy(&bytes, open, sizeof bytes);
  if ((bytes & field.head_mask) != field.head) return false;
  return field.key_size + 3 <= sizeof bytes || __builtin_memcmp(open + 8, field.quoted_key + 8, field.key_size - 5) == 0;
}

/// Goes through a tail from quote to quote, 64 bytes at a time.
template <typename Simd>
class TailWalk {
 public:
  TailWalk(const Simd& simd, const char* begin, const char* end) : simd_(simd), end_(end) { look_at(begin); }

  /// The quote behind `skip` others, nullptr when there is none in the row.
  const char* next_quote(uint32_t skip) {
    for (;;) {
      const auto here = static_cast<uint32_t>(__builtin_popcountll(quotes_));
      if (__builtin_expect(skip < here, 1)) break;
      skip -= here;
      if (window_ + 64 >= end_) return nullptr;
      look_at(window_ + 64);
    }
    const uint64_t quote = _pdep_u64(uint64_t{1} << skip, quotes_);
    quotes_ &= ~(quote | (quote - 1));
    const char* at = window_ + _tzcnt_u64(quote);
    return at < end_ ? at : nullptr;
  }

  /// What follows is near: rows whose fields are at about the same places are then taken with the same steps.
  void look_at(const char* begin) {
    window_ = begin;
    quotes_ = simd_.quotes(simd_.load(begin));
  }

 private:
  const Simd& simd_;
  const char* end_;
  const char* window_;
  uint64_t quotes_;
};

/// The fields of the tail of the row that begins at `begin`.
template <typename Simd>
bool place_tail(const Simd& simd, const ExpectedRecord& expected, const char* base, uint32_t begin, uint32_t end,
                abi::JsonField* placed) {
  const char* tail = base + begin + expected.tail_begin;
  TailWalk<Simd> walk(simd, tail, base + end);
  if (expected.tail_in_string) {
    const char* close = walk.next_quote(0);
    if (close == nullptr || (close[1] != ',' && close[1] != '}')) return false;
    if (expected.first_string >= 0) placed[expected.first_string].size = static_cast<uint32_t>(close - tail) + 2;
    walk.look_at(close + 1);
  }
  for (const ExpectedRecord::TailField* field = expected.tail; field != expected.tail + expected.tail_count; ++field) {
    const char* open = walk.next_quote(field->skip);
    if (open == nullptr || !key_is(open, *field)) return false;
    placed[field->field] = {static_cast<uint32_t>(open - base) + field->key_size + 3, 0};
  }
  return true;
}

template <typename Simd>
void place_rows(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t from, int64_t to, abi::JsonField* placed,
                uint8_t* fits) {
  const Simd simd;
  for (int64_t row = from; row < to; ++row, ++fits, placed += expected.field_count) {
    *fits = 0;
    if (block.row_flags[row] != abi::kRowUnmarked || expected.block_count == 0) continue;
    const uint32_t begin = block.row_begin[row];
    uint64_t in_ranges = ~uint64_t{0};
    for (uint32_t i = 0; i < expected.block_count; ++i) {
      const uint32_t at = 64 * i;
      in_ranges &= simd.in_ranges(block.base + begin + at, expected.low + at, expected.span + at);
    }
    // Eight at a time: what is written beyond the row's fields is overwritten by the next row's.
    for (uint32_t f = 0; f < expected.field_count; f += ExpectedRecord::kFieldsAtOnce) {
      simd.shift_fields(expected.fields + f, begin, placed + f);
    }
    *fits = in_ranges == ~uint64_t{0} &&
            (!expected.has_tail || place_tail(simd, expected, block.base, begin, block.row_end[row], placed));
  }
}

}  // namespace
}  // namespace millrace

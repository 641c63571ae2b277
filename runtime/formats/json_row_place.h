#pragma once

#include <immintrin.h>

#include "runtime/formats/expected_record.h"
#include "runtime/formats/line_indexer.h"

/// Compares rows with what is expected of them. Included by one source file for each instruction set (which must have BMI2), as
/// json_line_sweep.h is.
namespace millrace {
namespace {

/// The set bits of `bits` without the `count` lowest ones.
inline uint64_t drop_bits(uint64_t bits, uint32_t count) {
  if (count == 0) return bits;
  if (count == 1) return _blsr_u64(bits);
  if (count >= 64) return 0;
  const uint64_t first = _pdep_u64(uint64_t{1} << count, bits);
  return first == 0 ? 0 : bits & ~(first - 1);
}

/// Rows side by side: each step of a tail is taken by all of them before the next one, in loops so short that several rows overlap in the
/// processor (a row's own steps wait for each other).
template <typename Simd>
class RowGroup {
 public:
  static constexpr int64_t kRows = 32;

  /// `rows` are at most kRows. `placed` has `expected.field_count` places a row.
  RowGroup(const Simd& simd, const ExpectedRecord& expected, const abi::LineBlock& block, int64_t first, int64_t rows,
           abi::JsonField* placed)
      : simd_(simd), expected_(expected), base_(block.base), begin_(block.row_begin + first), end_(block.row_end + first),
        flags_(block.row_flags + first), rows_(rows), placed_(placed) {}

  /// Compares the prefixes. Places what is in them, and the rest as of now.
  void place_prefixes(uint64_t word) {
    switch (expected_.block_count) {
      case 1: return place_prefixes_of<1>(word);
      case 2: return place_prefixes_of<2>(word);
      case 3: return place_prefixes_of<3>(word);
      case 4: return place_prefixes_of<4>(word);
      default: return place_prefixes_of<0>(word);
    }
  }

  /// For rows whose prefixes have been compared before, and fit.
  void take_as_fitting() {
    for (int64_t i = 0; i < rows_; ++i) known_[i] = abi::kRowPlaced;
  }

  /// Places the first `count` fields of the tail, and tells which of their values are plain.
  void place_tails(uint32_t count) {
    for (int64_t i = 0; i < rows_; ++i) at_[i] = begin_[i] + (known_[i] != 0 ? expected_.tail_begin : 0);
    const ExpectedRecord::TailField* value = &expected_.first;
    for (uint32_t k = 0; k <= count; ++k) {
      const ExpectedRecord::TailField* next = k < count ? &expected_.tail[k] : nullptr;
      step(*value, next);
      value = next;
    }
  }

  void write_known(uint64_t* known) const {
    for (int64_t i = 0; i < rows_; ++i) known[i] = known_[i];
  }

 private:
  abi::JsonField& place(int64_t row, uint32_t field) { return placed_[expected_.field_count * static_cast<uint64_t>(row) + field]; }

  /// Of a prefix of so many blocks (few, so that what is expected stays in registers), or of any number of them (0).
  template <uint32_t kBlocks>
  void place_prefixes_of(uint64_t word) {
    typename Simd::Range ranges[kBlocks == 0 ? 1 : kBlocks];
    for (uint32_t b = 0; b < kBlocks; ++b) ranges[b] = Simd::range(expected_.low + 64 * b, expected_.span + 64 * b);
    const uint32_t fields = expected_.field_count;
    abi::JsonField* places = placed_;
    for (int64_t i = 0; i < rows_; ++i, places += fields) {
      const char* record = base_ + begin_[i];
      uint64_t in_ranges = ~uint64_t{0};
      if constexpr (kBlocks == 0) {
        for (uint32_t at = 0; at < 64 * expected_.block_count; at += 64) {
          in_ranges &= Simd::in_range(record + at, Simd::range(expected_.low + at, expected_.span + at));
        }
      } else {
        for (uint32_t b = 0; b < kBlocks; ++b) in_ranges &= Simd::in_range(record + 64 * b, ranges[b]);
      }
      // Eight at a time: what is written beyond the row's fields is overwritten by the next row's.
      for (uint32_t f = 0; f < fields; f += ExpectedRecord::kFieldsAtOnce) Simd::shift_fields(expected_.fields + f, begin_[i], places + f);
      known_[i] = in_ranges == ~uint64_t{0} && flags_[i] == abi::kRowUnmarked ? word : 0;
    }
  }

  /// From a value to the next one that is wanted, if any.
  void step(const ExpectedRecord::TailField& value, const ExpectedRecord::TailField* next) {
    switch (value.plain) {
      case ExpectedRecord::Plain::Unknown: return step_over_unknown(value, next);
      case ExpectedRecord::Plain::Text: return step_over<ExpectedRecord::Plain::Text, Simd>(value, next);
      case ExpectedRecord::Plain::Integer: return step_over<ExpectedRecord::Plain::Integer, typename Simd::Half>(value, next);
      case ExpectedRecord::Plain::Number: return step_over<ExpectedRecord::Plain::Number, typename Simd::Half>(value, next);
    }
  }

  /// Where a plain value ends, and what stands between it and the next one is as expected, that is all; else one goes by the quotes.
  template <ExpectedRecord::Plain kPlain, typename Vector>
  void step_over(const ExpectedRecord::TailField& value, const ExpectedRecord::TailField* next) {
    // Copies, so that they stay in registers whatever is stored.
    const Vector simd;
    const bool is_next_near = next != nullptr && next->skip_before == 0;
    const ExpectedRecord::TailField near = is_next_near ? *next : ExpectedRecord::TailField{};
    const uint64_t known_bit = value.known_bit;
    const uint32_t digits_max = value.digits_max;
    const char* const base = base_;
    const uint64_t stride = expected_.field_count;
    abi::JsonField* place = placed_ + value.field;
    abi::JsonField* next_place = placed_ + near.field;
    for (int64_t i = 0; i < rows_; ++i, place += stride, next_place += stride) {
      const char* const begin = base + at_[i];
      const uint32_t size = plain_size<kPlain>(simd, begin, digits_max);
      const char* const end = begin + (size & ((1u << abi::kWholeDigitsShift) - 1));
      if (is_next_near && __builtin_expect(size != 0 && stands_at(end, near), 1)) {
        place->size = size;
        known_[i] |= known_[i] != 0 ? known_bit : 0;
        at_[i] = static_cast<uint32_t>(end - base) + near.between_size;
        *next_place = {at_[i], 0};
        continue;
      }
      if (size != 0 && (*end == ',' || *end == '}')) {
        place->size = size;
        known_[i] |= known_[i] != 0 ? known_bit : 0;
      }
      if (next != nullptr) go_by_quotes(i, value, *next);
    }
  }

  void step_over_unknown(const ExpectedRecord::TailField& value, const ExpectedRecord::TailField* next) {
    if (next == nullptr) return;
    for (int64_t i = 0; i < rows_; ++i) go_by_quotes(i, value, *next);
  }

  /// The bytes of a plain value; 0: it is none, or too long to tell.
  template <ExpectedRecord::Plain kPlain, typename Vector>
  static uint32_t plain_size(const Vector& simd, const char* begin, uint32_t digits_max) {
    const auto bytes = simd.load(begin);
    if constexpr (kPlain == ExpectedRecord::Plain::Text) {
      const uint64_t quotes = simd.quotes(bytes);
      const uint64_t close = _blsr_u64(quotes);
      return (quotes & 1) != 0 && close != 0 ? static_cast<uint32_t>(_tzcnt_u64(close)) + 1 : 0;
    } else if constexpr (kPlain == ExpectedRecord::Plain::Integer) {
      const auto size = static_cast<uint32_t>(_tzcnt_u64(~simd.digits(bytes)));
      return size <= digits_max && (size == 1 || *begin != '0') ? size : 0;
    } else {
      return number_size(simd.digits(bytes), begin);
    }
  }

  /// Digits, perhaps a sign in front, perhaps a dot and digits behind, no more of them than 64 bits hold. `digits` tells of the first 32 bytes.
  /// The size as JsonField has it.
  static uint32_t number_size(uint64_t digits, const char* begin) {
    const uint32_t sign = *begin == '-';
    const uint64_t others = ~digits >> sign;
    const auto whole = static_cast<uint32_t>(_tzcnt_u64(others));
    const char* const first = begin + sign;
    const uint32_t zero = *first == '0';
    if (whole == 0 || (whole != 1 && zero)) return 0;
    const bool has_dot = first[whole] == '.';
    const uint32_t size = has_dot ? static_cast<uint32_t>(_tzcnt_u64(_blsr_u64(others))) : whole;
    if (size > 19 + has_dot + zero || (has_dot && size == whole + 1)) return 0;
    return (size + sign) | whole << abi::kWholeDigitsShift;
  }

  /// Whether what comes before a field's value stands at p.
  static bool stands_at(const char* p, const ExpectedRecord::TailField& field) {
    uint64_t bytes;
    __builtin_memcpy(&bytes, p, sizeof bytes);
    if ((bytes & field.head_mask) != field.head) return false;
    return field.between_size <= sizeof bytes || __builtin_memcmp(p + 8, field.between + 8, field.between_size - 8) == 0;
  }

  void arrive(int64_t row, const ExpectedRecord::TailField& field, const char* value) {
    at_[row] = static_cast<uint32_t>(value - base_);
    place(row, field.field) = {at_[row], 0};
  }

  /// The quotes of values and of keys that nobody wants are passed over.
  void go_by_quotes(int64_t row, const ExpectedRecord::TailField& from, const ExpectedRecord::TailField& to) {
    const char* open = known_[row] != 0 ? next_quote(row, from.value_quotes + to.skip_before) : nullptr;
    if (open == nullptr || __builtin_memcmp(open, to.quoted_key, to.key_size + 3) != 0) {
      known_[row] = 0;
      at_[row] = begin_[row];
      return;
    }
    const char* value = open + to.key_size + 3;
    arrive(row, to, value + (*value == ' '));
  }

  const char* next_quote(int64_t row, uint32_t skip) const {
    const char* const end = base_ + end_[row];
    for (const char* p = base_ + at_[row]; p < end; p += 64) {
      const uint64_t here = simd_.quotes(simd_.load(p));
      const uint64_t quotes = drop_bits(here, skip);
      if (quotes != 0) return p + _tzcnt_u64(quotes) < end ? p + _tzcnt_u64(quotes) : nullptr;
      skip -= static_cast<uint32_t>(__builtin_popcountll(here));
    }
    return nullptr;
  }

  const Simd& simd_;
  const ExpectedRecord& expected_;
  const char* base_;
  const uint32_t* begin_;
  const uint32_t* end_;
  const uint8_t* flags_;
  int64_t rows_;
  abi::JsonField* placed_;
  uint64_t known_[kRows];   ///< as in JsonScan::known
  uint32_t at_[kRows];      ///< the value at hand; of rows that do not fit, the record's begin
};

template <typename Simd>
void place_rows(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t from, int64_t to, abi::JsonField* placed,
                uint64_t* known) {
  if (expected.block_count == 0) {
    __builtin_memset(known, 0, static_cast<uint64_t>(to - from) * sizeof *known);
    return;
  }
  const Simd simd;
  const bool late = expected.leaves_late;
  const uint32_t count = late ? expected.tail_early : expected.tail_count;
  const bool walks = expected.has_tail && !(late && count == 0 && expected.first_is_late);
  const uint64_t word = abi::kRowPlaced | (late ? abi::kTailPending : 0) | expected.prefix_known;
  constexpr int64_t kRows = RowGroup<Simd>::kRows;
  for (int64_t row = from; row < to; row += kRows) {
    RowGroup<Simd> group(simd, expected, block, row, to - row < kRows ? to - row : kRows, placed);
    group.place_prefixes(word);
    if (walks) group.place_tails(count);
    group.write_known(known);
    known += kRows;
    placed += kRows * expected.field_count;
  }
}

/// All of one row's tail: what place_rows has left.
template <typename Simd>
bool place_late_fields(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t row, abi::JsonField* placed) {
  const Simd simd;
  RowGroup<Simd> group(simd, expected, block, row, 1, placed);
  group.take_as_fitting();
  group.place_tails(expected.tail_count);
  uint64_t known;
  group.write_known(&known);
  return known != 0;
}

}  // namespace
}  // namespace millrace

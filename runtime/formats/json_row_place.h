#pragma once

#include <immintrin.h>

#include "runtime/formats/expected_record.h"
#include "runtime/formats/line_indexer.h"
#include "runtime/formats/plain_number.h"
#include "runtime/formats/same_bytes.h"

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
           abi::JsonField* placed, bool marked_too = false)
      : simd_(simd), expected_(expected), base_(block.base), begin_(block.row_begin + first), end_(block.row_end + first),
        flags_(block.row_flags + first), has_marks_(marked_too),
        other_flags_(marked_too ? uint8_t{0} : uint8_t{abi::kRowUnmarked}), rows_(rows), placed_(placed) {}

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
    for (int64_t i = 0; i < rows_; ++i) {
      known_[i] = abi::kRowPlaced;
      at_[i] = begin_[i] + expected_.tail_begin;
    }
  }

  /// Places the first `count` fields of the tail. Their values have been taken for plain when the prefixes were compared: those that are not
  /// lose their bits.
  void place_tails(uint32_t count) {
    const ExpectedRecord::TailField* value = &expected_.first;
    for (uint32_t k = 0; k <= count; ++k) {
      const ExpectedRecord::TailField* next = k < count ? &expected_.tail[k] : nullptr;
      step(*value, next);
      value = next;
    }
  }

  uint64_t known(int64_t row) const { return known_[row]; }

  void write_known(uint64_t* known) const {
    for (int64_t i = 0; i < rows_; ++i) known[i] = known_[i];
  }

 private:
  static constexpr uint32_t kBytesMask = (1u << abi::kWholeDigitsShift) - 1;

  abi::JsonField& place(int64_t row, uint32_t field) { return placed_[expected_.field_count * static_cast<uint64_t>(row) + field]; }

  /// Of a prefix of so many blocks (few, so that what is expected stays in registers), or of any number of them (0).
  template <uint32_t kBlocks>
  void place_prefixes_of(uint64_t word) {
    typename Simd::Range ranges[kBlocks == 0 ? 1 : kBlocks];
    for (uint32_t b = 0; b < kBlocks; ++b) ranges[b] = Simd::range(expected_.low + 64 * b, expected_.span + 64 * b);
    const uint32_t fields = expected_.field_count;
    abi::JsonField* places = placed_;
    uint32_t tail = begin_[0];
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
      const bool fits = in_ranges == ~uint64_t{0} && (flags_[i] == abi::kRowUnmarked || flags_[i] == other_flags_);
      known_[i] = fits ? word : 0;
      // A row that does not fit goes through the tail of the last one that does: that costs less than to treat it apart at every step.
      tail = fits ? begin_[i] + expected_.tail_begin : tail;
      at_[i] = tail;
    }
  }

  /// From a value to the next one that is wanted, if any.
  void step(const ExpectedRecord::TailField& value, const ExpectedRecord::TailField* next) {
    switch (value.plain) {
      case ExpectedRecord::Plain::Unknown: return step_over_unknown(value, next);
      case ExpectedRecord::Plain::Text: return step_over<ExpectedRecord::Plain::Text, Simd>(value, next);
      case ExpectedRecord::Plain::Integer: return step_over<ExpectedRecord::Plain::Integer, typename Simd::Half>(value, next);
      case ExpectedRecord::Plain::Number: return step_over<ExpectedRecord::Plain::Number, typename Simd::Half>(value, next);
      case ExpectedRecord::Plain::Fraction: return step_over<ExpectedRecord::Plain::Fraction, typename Simd::Half>(value, next);
    }
  }

  template <ExpectedRecord::Plain kPlain, typename Vector>
  void step_over(const ExpectedRecord::TailField& value, const ExpectedRecord::TailField* next) {
    constexpr bool kFractions = kPlain == ExpectedRecord::Plain::Fraction;
    if (next == nullptr && kFractions) {
      step_over_fractions<Vector, true>(value, value);
    } else if (next == nullptr) {
      for (int64_t i = 0; i < rows_; ++i) end_value<kPlain>(i, value, plain_size<kPlain>(Vector(), base_ + at_[i], value.digits_max, has_marks_));
    } else if (next->skip_before > 0) {
      for (int64_t i = 0; i < rows_; ++i) step_far<kPlain, Vector>(i, value, *next);
    } else if (next->between_size > sizeof next->head) {
      step_near<kPlain, Vector, true>(value, *next);
    } else if constexpr (kFractions) {
      step_over_fractions<Vector, false>(value, *next);
    } else {
      step_near<kPlain, Vector, false>(value, *next);
    }
  }

  /// Where a plain value ends, and what stands between it and the next one is as expected, that is all. The loop has to be tight: what is rare
  /// is elsewhere, and what it needs are copies, so that they stay in registers whatever is stored.
  template <ExpectedRecord::Plain kPlain, typename Vector, bool kLong>
  void step_near(const ExpectedRecord::TailField& value, const ExpectedRecord::TailField& next) {
    const Vector simd;
    const uint32_t digits_max = value.digits_max;
    const bool has_marks = has_marks_;
    const uint64_t head = next.head;
    const uint64_t head_mask = next.head_mask;
    const uint32_t between_size = next.between_size;
    const char* const base = base_;
    const uint64_t stride = expected_.field_count;
    const int64_t rows = rows_;
    abi::JsonField* place = placed_ + value.field;
    const auto to_next = static_cast<int64_t>(next.field) - static_cast<int64_t>(value.field);
    for (int64_t i = 0; i < rows; ++i, place += stride) {
      const char* const begin = base + at_[i];
      const uint32_t size = plain_size<kPlain>(simd, begin, digits_max, has_marks);
      const char* const end = begin + (size & kBytesMask);
      uint64_t there;
      __builtin_memcpy(&there, end, sizeof there);
      const bool fits = size != 0 && (there & head_mask) == head;
      if (__builtin_expect(!fits || (kLong && !rest_stands_at(end, next)), 0)) {
        step_far<kPlain, Vector>(i, value, next);
        continue;
      }
      place->size = size;
      const uint32_t at = at_[i] + (size & kBytesMask) + between_size;
      at_[i] = at;
      place[to_next].offset = at;
    }
  }

  /// step_near for numbers that nearly always have one digit in front of a dot: far the most work in records of measurements. The last value
  /// has no next one.
  template <typename Vector, bool kLast>
  __attribute__((noinline)) void step_over_fractions(const ExpectedRecord::TailField& value, const ExpectedRecord::TailField& next) {
    const Vector simd;
    const uint64_t head = next.head;
    const uint64_t head_mask = next.head_mask;
    const uint64_t between_size = next.between_size;
    const char* const base = base_;
    const uint64_t stride = expected_.field_count;
    abi::JsonField* place = placed_ + value.field;
    const auto to_next = static_cast<int64_t>(next.field) - static_cast<int64_t>(value.field);
    uint32_t* const end = at_ + rows_;
    for (uint32_t* at = at_; at != end; ++at, place += stride) {
      const uint64_t begin = *at;
      const auto digits = static_cast<uint32_t>(simd.digits(simd.load(base + begin)));
      const uint64_t sign = base[begin] == '-';
      const char* const first = base + begin + sign;
      const uint32_t others = ~digits >> sign;
      const uint64_t size = _tzcnt_u32(_blsr_u32(others));
      uint64_t there;
      __builtin_memcpy(&there, first + size, sizeof there);
      const bool is_fraction = (others & 7) == 2 && first[1] == '.' && size <= uint64_t{20} + (*first == '0');
      const bool fits = kLast ? static_cast<char>(there) == '}' || static_cast<char>(there) == ',' : (there & head_mask) == head;
      if (__builtin_expect(!is_fraction || !fits, 0)) {
        const int64_t row = at - at_;
        if constexpr (kLast) {
          end_value<ExpectedRecord::Plain::Number>(row, value, plain_size<ExpectedRecord::Plain::Number>(simd, base + begin, 0, false));
        } else {
          step_far<ExpectedRecord::Plain::Number, Vector>(row, value, next);
        }
        continue;
      }
      place->size = static_cast<uint32_t>(size + sign) + (1u << abi::kWholeDigitsShift);
      if constexpr (kLast) continue;
      const auto after = static_cast<uint32_t>(begin + size + sign + between_size);
      *at = after;
      place[to_next].offset = after;
    }
  }

  /// By way of the quotes.
  template <ExpectedRecord::Plain kPlain, typename Vector>
  __attribute__((noinline)) void step_far(int64_t row, const ExpectedRecord::TailField& value, const ExpectedRecord::TailField& next) {
    end_value<kPlain>(row, value, plain_size<kPlain>(Vector(), base_ + at_[row], value.digits_max, has_marks_));
    go_by_quotes(row, value, next);
  }

  /// Notes a value's size where it is plain to its end, or that it is not.
  template <ExpectedRecord::Plain kPlain>
  void end_value(int64_t row, const ExpectedRecord::TailField& value, uint32_t size) {
    const char end = base_[at_[row] + (size & kBytesMask)];
    if (size != 0 && (end == ',' || end == '}')) {
      place(row, value.field).size = size;
    } else {
      known_[row] &= ~value.known_bit;
    }
  }

  void step_over_unknown(const ExpectedRecord::TailField& value, const ExpectedRecord::TailField* next) {
    if (next == nullptr) return;
    for (int64_t i = 0; i < rows_; ++i) go_by_quotes(i, value, *next);
  }

  /// The bytes of a plain value; 0: it is none, or too long to tell. Rows with marks may have control characters in their strings, which are
  /// not plain.
  template <ExpectedRecord::Plain kPlain, typename Vector>
  static uint32_t plain_size(const Vector& simd, const char* begin, uint32_t digits_max, bool has_marks) {
    const auto bytes = simd.load(begin);
    if constexpr (kPlain == ExpectedRecord::Plain::Text) {
      const uint64_t quotes = simd.quotes(bytes);
      const uint64_t close = _blsr_u64(quotes);
      if (__builtin_expect(has_marks, 0) && (simd.controls(bytes) & _blsmsk_u64(close)) != 0) return 0;
      return (quotes & 1) != 0 && close != 0 ? static_cast<uint32_t>(_tzcnt_u64(close)) + 1 : 0;
    } else if constexpr (kPlain == ExpectedRecord::Plain::Integer) {
      const auto size = static_cast<uint32_t>(_tzcnt_u64(~simd.digits(bytes)));
      return size <= digits_max && (size == 1 || *begin != '0') ? size : 0;
    } else {
      return plain_number_size(static_cast<uint32_t>(simd.digits(bytes)), begin);
    }
  }

  /// Whether the rest of what comes before a field's value stands at p; what is in its head does.
  static bool rest_stands_at(const char* p, const ExpectedRecord::TailField& field) {
    constexpr size_t kHead = sizeof field.head;
    return same_bytes(p + kHead, field.between + kHead, field.between_size - kHead);
  }

  void arrive(int64_t row, const ExpectedRecord::TailField& field, const char* value) {
    at_[row] = static_cast<uint32_t>(value - base_);
    place(row, field.field).offset = at_[row];
  }

  /// The quotes of values and of keys that nobody wants are passed over.
  void go_by_quotes(int64_t row, const ExpectedRecord::TailField& from, const ExpectedRecord::TailField& to) {
    const char* open = known_[row] != 0 ? next_quote(row, from.value_quotes + to.skip_before) : nullptr;
    if (open == nullptr || !same_bytes(open, to.quoted_key, to.key_size + 3)) {
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
  bool has_marks_;          ///< a row may have
  uint8_t other_flags_;     ///< that a row may have as well: none of them
  int64_t rows_;
  abi::JsonField* placed_;
  uint64_t known_[kRows];   ///< as in JsonScan::known
  uint32_t at_[kRows];      ///< the value at hand; of rows that do not fit, any other's
};

/// What JsonScan::known says of a row that is in all as expected.
inline uint64_t word_of_fitting(const ExpectedRecord& expected) {
  const uint64_t tail_known = expected.leaves_late ? expected.early_known : expected.tail_known;
  return abi::kRowPlaced | (expected.leaves_late ? abi::kTailPending : 0) | expected.prefix_known | tail_known;
}

/// Whether the first 64 bytes of a row are as expected: a look that costs little where it says no.
template <typename Simd>
bool begins_as(const ExpectedRecord& expected, const char* record) {
  return Simd::in_range(record, Simd::range(expected.low, expected.span)) == ~uint64_t{0};
}

/// One row by itself, with all its fields; its word, 0 where it is not as expected.
template <typename Simd>
__attribute__((noinline)) uint64_t place_odd_row(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t row,
                                                 abi::JsonField* placed, bool marked_too) {
  const Simd simd;
  abi::JsonField fields[ExpectedRecord::kOddFieldsMax + ExpectedRecord::kFieldsAtOnce];
  RowGroup<Simd> group(simd, expected, block, row, 1, fields, marked_too);
  group.place_prefixes(word_of_fitting(expected));
  if (group.known(0) == 0) return 0;
  if (expected.has_tail) group.place_tails(expected.tail_count);
  __builtin_memcpy(placed, fields, expected.field_count * sizeof *placed);
  return group.known(0);
}

template <typename Simd>
int64_t place_rows(const ExpectedRecord& expected, const ExpectedRecord& odd, const abi::LineBlock& block, int64_t from, int64_t to,
                   bool marked_too, abi::JsonField* placed, uint64_t* known) {
  if (expected.block_count == 0) {
    __builtin_memset(known, 0, static_cast<uint64_t>(to - from) * sizeof *known);
    return 0;
  }
  const Simd simd;
  const bool late = expected.leaves_late;
  const uint32_t count = late ? expected.tail_early : expected.tail_count;
  const bool walks = expected.has_tail && !(late && count == 0 && expected.first_is_late);
  const bool knows_odd = odd.block_count != 0 && odd.field_count <= ExpectedRecord::kOddFieldsMax;
  const uint64_t word = word_of_fitting(expected);
  constexpr int64_t kRows = RowGroup<Simd>::kRows;
  int64_t odd_rows = 0;
  for (int64_t row = from; row < to; row += kRows) {
    const int64_t rows = to - row < kRows ? to - row : kRows;
    RowGroup<Simd> group(simd, expected, block, row, rows, placed, marked_too);
    group.place_prefixes(word);
    if (walks) group.place_tails(count);
    group.write_known(known);
    if (knows_odd) {
      for (int64_t i = 0; i < rows; ++i) {
        if (__builtin_expect(known[i] != 0, 1) || !begins_as<Simd>(odd, block.base + block.row_begin[row + i])) continue;
        known[i] = place_odd_row<Simd>(odd, block, row + i, placed + expected.field_count * static_cast<uint64_t>(i),
                                       marked_too);
        odd_rows += known[i] != 0;
      }
    }
    known += kRows;
    placed += kRows * expected.field_count;
  }
  return odd_rows;
}

/// All of one row's tail: what place_rows has left.
template <typename Simd>
bool place_late_fields(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t row, abi::JsonField* placed) {
  const Simd simd;
  RowGroup<Simd> group(simd, expected, block, row, 1, placed, block.row_flags[row] != abi::kRowUnmarked);
  group.take_as_fitting();
  group.place_tails(expected.tail_count);
  return group.known(0) != 0;
}

}  // namespace
}  // namespace millrace

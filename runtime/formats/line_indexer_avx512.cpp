#include <immintrin.h>

#include "runtime/formats/json_clean_sweep.h"
#include "runtime/formats/json_line_sweep.h"
#include "runtime/formats/json_row_place.h"

namespace millrace {
namespace {

/// A vector that the compiler must keep in a register: left alone it makes some constants anew for every block.
__m512i pinned(__m512i vector) {
  asm("" : "+v"(vector));
  return vector;
}

/// 32 bytes, as low halves of the masks of 64.
class Avx512Half {
 public:
  __m256i load(const char* p) const { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  uint64_t digits(__m256i bytes) const {
    return _mm256_cmplt_epu8_mask(_mm256_sub_epi8(bytes, _mm256_set1_epi8('0')), _mm256_set1_epi8(10));
  }

 private:
  static uint64_t equal(__m256i bytes, char c) { return _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8(c)); }
};

class Avx512Simd {
 public:
  using Half = Avx512Half;
  __m512i load(const char* p) const { return _mm512_loadu_si512(p); }
  uint64_t newlines(__m512i bytes) const { return _mm512_cmpeq_epi8_mask(bytes, newline_); }
  uint64_t quotes(__m512i bytes) const { return _mm512_cmpeq_epi8_mask(bytes, quote_); }
  uint64_t backslashes(__m512i bytes) const { return _mm512_cmpeq_epi8_mask(bytes, backslash_); }
  uint64_t colons(__m512i bytes) const { return _mm512_cmpeq_epi8_mask(bytes, colon_); }
  /// Without its bits a backslash is zero and a byte that is not ASCII negative.
  uint64_t backslashes_or_high(__m512i bytes) const {
    return _mm512_cmple_epi8_mask(_mm512_xor_si512(bytes, backslash_), _mm512_setzero_si512());
  }
  /// Brackets and braces differ in one bit; the low half of the byte says which brace it would have to be.
  uint64_t braces(__m512i bytes) const {
    return _mm512_cmpeq_epi8_mask(_mm512_or_si512(bytes, bracket_bit_), _mm512_shuffle_epi8(brace_by_low_half_, bytes));
  }

  uint64_t controls(__m512i bytes) const { return _mm512_cmplt_epu8_mask(bytes, blank_); }
  uint64_t digits(__m512i bytes) const { return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, digit_zero_), ten_); }
  /// What 64 bytes may be: each byte b with low <= b <= low + span.
  struct Range {
    __m512i low;
    __m512i span;
  };
  static Range range(const uint8_t* low, const uint8_t* span) { return {_mm512_loadu_si512(low), _mm512_loadu_si512(span)}; }
  static uint64_t in_range(const char* p, const Range& range) {
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(_mm512_loadu_si512(p), range.low), range.span);
  }

  static void shift_fields(const abi::JsonField* fields, uint32_t offset, abi::JsonField* out) {
    static_assert(ExpectedRecord::kFieldsAtOnce * sizeof(abi::JsonField) == 64);
    _mm512_storeu_si512(out, _mm512_add_epi64(_mm512_loadu_si512(fields), _mm512_set1_epi64(offset)));
  }

  /// What clean lines are told by, over up to 255 blocks.
  struct Tally {
    __m512i braces = _mm512_setzero_si512();                  ///< how many at each place of a block
    __m512i from_backslash = _mm512_set1_epi8(-1);  ///< least difference of bits: zero where there was one
    __m512i high = _mm512_setzero_si512();
  };
  void add(__m512i bytes, Tally* tally) const {
    const __mmask64 brace = braces(bytes);
    tally->braces = _mm512_mask_add_epi8(tally->braces, brace, tally->braces, one_);
    tally->from_backslash = _mm512_min_epu8(tally->from_backslash, _mm512_xor_si512(bytes, backslash_));
    tally->high = _mm512_or_si512(tally->high, bytes);
  }
  static uint64_t braces(const Tally& tally) {
    return static_cast<uint64_t>(_mm512_reduce_add_epi64(_mm512_sad_epu8(tally.braces, _mm512_setzero_si512())));
  }
  static bool has_irregular(const Tally& tally) {
    return (_mm512_movepi8_mask(tally.high) | _mm512_cmpeq_epi8_mask(tally.from_backslash, _mm512_setzero_si512())) != 0;
  }

  static uint64_t prefix_xor(uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<int64_t>(bits)), _mm_set1_epi8(-1), 0);
    return static_cast<uint64_t>(_mm_cvtsi128_si64(product));
  }

  /// The set bits' numbers, squeezed together by one instruction and widened, mostly eight at a time: wider stores would nearly
  /// always cross a cache line.
  uint32_t* flatten(uint64_t bits, uint32_t offset, uint32_t* out) const {
    const __m512i squeezed = _mm512_maskz_compress_epi8(bits, numbers_);
    const int count = __builtin_popcountll(bits);
    const __m256i first = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(squeezed));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_add_epi32(_mm256_set1_epi32(static_cast<int32_t>(offset)), first));
    if (__builtin_expect(count > 8, 0)) flatten_all(squeezed, offset, out);
    return out + count;
  }

 private:
  __attribute__((noinline)) static void flatten_all(__m512i squeezed, uint32_t offset, uint32_t* out) {
    const __m512i base = _mm512_set1_epi32(static_cast<int32_t>(offset));
    const __m128i parts[4] = {_mm512_castsi512_si128(squeezed), _mm512_extracti32x4_epi32(squeezed, 1),
                              _mm512_extracti32x4_epi32(squeezed, 2), _mm512_extracti32x4_epi32(squeezed, 3)};
    for (int i = 0; i < 4; ++i) _mm512_storeu_si512(out + 16 * i, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(parts[i])));
  }

  static __m512i numbers() {
    alignas(64) static constexpr uint8_t kNumbers[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    return _mm512_load_si512(kNumbers);
  }

  __m512i newline_ = pinned(_mm512_set1_epi8('\n'));
  __m512i quote_ = pinned(_mm512_set1_epi8('"'));
  __m512i backslash_ = pinned(_mm512_set1_epi8('\\'));
  __m512i colon_ = pinned(_mm512_set1_epi8(':'));
  __m512i bracket_bit_ = pinned(_mm512_set1_epi8(0x20));
  __m512i brace_by_low_half_ =
      pinned(_mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}', 0, 0)));
  __m512i numbers_ = pinned(numbers());
  __m512i blank_ = pinned(_mm512_set1_epi8(' '));
  __m512i digit_zero_ = pinned(_mm512_set1_epi8('0'));
  __m512i ten_ = pinned(_mm512_set1_epi8(10));
  __m512i one_ = pinned(_mm512_set1_epi8(1));
};

}  // namespace

void index_json_lines_avx512(const LineText& text, LineIndex* index) { sweep_json_lines<Avx512Simd>(text, index); }

void index_json_lines_unmarked_avx512(const LineText& text, LineIndex* index) {
  sweep_json_lines_unmarked<Avx512Simd>(text, index);
}

int64_t place_rows_avx512(const ExpectedRecord& expected, const ExpectedRecord& odd, const abi::LineBlock& block, int64_t from, int64_t to,
                          bool marked_too, abi::JsonField* placed, uint64_t* known) {
  return place_rows<Avx512Simd>(expected, odd, block, from, to, marked_too, placed, known);
}

bool place_late_fields_avx512(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t row, abi::JsonField* placed) {
  return place_late_fields<Avx512Simd>(expected, block, row, placed);
}

uint32_t* scan_record_structure_avx512(const char* record, size_t size, uint32_t* out) {
  return scan_record_structure<Avx512Simd>(record, size, out);
}

}  // namespace millrace

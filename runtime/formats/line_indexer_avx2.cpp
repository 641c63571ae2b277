#include <immintrin.h>

#include "runtime/formats/json_clean_sweep.h"
#include "runtime/formats/json_line_sweep.h"
#include "runtime/formats/json_row_place.h"

namespace millrace {
namespace {

/// 64 bytes.
struct TwoHalves {
  __m256i low;
  __m256i high;
};

/// 32 bytes, as low halves of the masks of 64.
class Avx2Half {
 public:
  __m256i load(const char* p) const { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  uint64_t digits(__m256i bytes) const {
    const __m256i value = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
    return mask(_mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value));
  }

 private:
  static uint64_t mask(__m256i hits) { return static_cast<uint32_t>(_mm256_movemask_epi8(hits)); }
  static uint64_t equal(__m256i bytes, char c) { return mask(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c))); }
};

class Avx2Simd {
 public:
  using Half = Avx2Half;
  TwoHalves load(const char* p) const {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
  }
  uint64_t newlines(const TwoHalves& bytes) const { return equal(bytes, '\n'); }
  uint64_t quotes(const TwoHalves& bytes) const { return equal(bytes, '"'); }
  uint64_t backslashes(const TwoHalves& bytes) const { return equal(bytes, '\\'); }
  uint64_t colons(const TwoHalves& bytes) const { return equal(bytes, ':'); }
  uint64_t backslashes_or_high(const TwoHalves& bytes) const {
    const __m256i backslash = _mm256_set1_epi8('\\');
    return join(_mm256_or_si256(bytes.low, _mm256_cmpeq_epi8(bytes.low, backslash)),
                _mm256_or_si256(bytes.high, _mm256_cmpeq_epi8(bytes.high, backslash)));
  }
  uint64_t braces(const TwoHalves& bytes) const { return join(braces_of(bytes.low), braces_of(bytes.high)); }

  uint64_t controls(const TwoHalves& bytes) const {
    const __m256i last = _mm256_set1_epi8(0x1f);
    return join(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes.low, last), bytes.low),
                _mm256_cmpeq_epi8(_mm256_min_epu8(bytes.high, last), bytes.high));
  }
  uint64_t digits(const TwoHalves& bytes) const { return join(digits_of(bytes.low), digits_of(bytes.high)); }
  /// What 64 bytes may be: each byte b with low <= b <= low + span.
  struct Range {
    TwoHalves low;
    TwoHalves span;
  };
  static Range range(const uint8_t* low, const uint8_t* span) { return {two_halves(low), two_halves(span)}; }
  static uint64_t in_range(const char* p, const Range& range) {
    const TwoHalves bytes = two_halves(p);
    return join(in_range(bytes.low, range.low.low, range.span.low), in_range(bytes.high, range.low.high, range.span.high));
  }

  static void shift_fields(const abi::JsonField* fields, uint32_t offset, abi::JsonField* out) {
    const __m256i by = _mm256_set1_epi64x(offset);
    for (uint32_t f = 0; f < ExpectedRecord::kFieldsAtOnce; f += 4) {
      const __m256i four = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(fields + f));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + f), _mm256_add_epi64(four, by));
    }
  }

  /// What clean lines are told by, over up to 255 blocks.
  struct Tally {
    TwoHalves braces = {_mm256_setzero_si256(), _mm256_setzero_si256()};  ///< how many at each place of a block
    __m256i irregular = _mm256_setzero_si256();                         ///< sign bits
  };
  void add(const TwoHalves& bytes, Tally* tally) const {
    const __m256i backslash = _mm256_set1_epi8('\\');
    tally->braces.low = _mm256_sub_epi8(tally->braces.low, braces_of(bytes.low));
    tally->braces.high = _mm256_sub_epi8(tally->braces.high, braces_of(bytes.high));
    const __m256i odd = _mm256_or_si256(_mm256_or_si256(bytes.low, bytes.high),
                                        _mm256_or_si256(_mm256_cmpeq_epi8(bytes.low, backslash), _mm256_cmpeq_epi8(bytes.high, backslash)));
    tally->irregular = _mm256_or_si256(tally->irregular, odd);
  }
  static uint64_t braces(const Tally& tally) { return sum(tally.braces.low) + sum(tally.braces.high); }
  static bool has_irregular(const Tally& tally) { return _mm256_movemask_epi8(tally.irregular) != 0; }

  static uint64_t prefix_xor(uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<int64_t>(bits)), _mm_set1_epi8(-1), 0);
    return static_cast<uint64_t>(_mm_cvtsi128_si64(product));
  }

  /// Stores four at once whether there are so many or not: the branch on the count is then well predicted.
  static uint32_t* flatten(uint64_t bits, uint32_t offset, uint32_t* out) {
    uint32_t* end = out + __builtin_popcountll(bits);
    while (bits != 0) {
      for (int i = 0; i < 4; ++i) {
        out[i] = offset + static_cast<uint32_t>(_tzcnt_u64(bits));
        bits = _blsr_u64(bits);
      }
      out += 4;
    }
    return end;
  }

 private:
  static TwoHalves two_halves(const void* p) {
    const auto* halves = static_cast<const __m256i*>(p);
    return {_mm256_loadu_si256(halves), _mm256_loadu_si256(halves + 1)};
  }
  static __m256i in_range(__m256i bytes, __m256i low, __m256i span) {
    const __m256i above = _mm256_sub_epi8(bytes, low);
    return _mm256_cmpeq_epi8(_mm256_min_epu8(above, span), above);
  }
  static __m256i digits_of(__m256i bytes) {
    const __m256i value = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
  }
  static uint64_t sum(__m256i counters) {
    uint64_t parts[4];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(parts), _mm256_sad_epu8(counters, _mm256_setzero_si256()));
    return parts[0] + parts[1] + parts[2] + parts[3];
  }
  static uint64_t equal(const TwoHalves& bytes, char c) {
    const __m256i wanted = _mm256_set1_epi8(c);
    return join(_mm256_cmpeq_epi8(bytes.low, wanted), _mm256_cmpeq_epi8(bytes.high, wanted));
  }
  /// Brackets and braces differ in one bit; the low half of the byte says which brace it would have to be.
  static __m256i braces_of(__m256i bytes) {
    const __m256i by_low_half =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}', 0, 0));
    return _mm256_cmpeq_epi8(_mm256_or_si256(bytes, _mm256_set1_epi8(0x20)), _mm256_shuffle_epi8(by_low_half, bytes));
  }
  static uint64_t join(__m256i low, __m256i high) {
    return static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(high))) << 32;
  }
};

}  // namespace

void index_json_lines_avx2(const LineText& text, LineIndex* index) { sweep_json_lines<Avx2Simd>(text, index); }

void index_json_lines_unmarked_avx2(const LineText& text, LineIndex* index) {
  sweep_json_lines_unmarked<Avx2Simd>(text, index);
}

int64_t place_rows_avx2(const ExpectedRecord& expected, const ExpectedRecord& odd, const abi::LineBlock& block, int64_t from, int64_t to,
                        bool marked_too, abi::JsonField* placed, uint64_t* known) {
  return place_rows<Avx2Simd>(expected, odd, block, from, to, marked_too, placed, known);
}

bool place_late_fields_avx2(const ExpectedRecord& expected, const abi::LineBlock& block, int64_t row, abi::JsonField* placed) {
  return place_late_fields<Avx2Simd>(expected, block, row, placed);
}

uint32_t* scan_record_structure_avx2(const char* record, size_t size, uint32_t* out) {
  return scan_record_structure<Avx2Simd>(record, size, out);
}

}  // namespace millrace

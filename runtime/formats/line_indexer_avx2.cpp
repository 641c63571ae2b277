#include <immintrin.h>

#include "runtime/formats/json_line_sweep.h"

namespace millrace {
namespace {

/// 64 bytes.
struct TwoHalves {
  __m256i low;
  __m256i high;
};

class Avx2Simd {
 public:
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

uint32_t* scan_record_structure_avx2(const char* record, size_t size, uint32_t* out) {
  return scan_record_structure<Avx2Simd>(record, size, out);
}

}  // namespace millrace

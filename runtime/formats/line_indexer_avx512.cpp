#include <immintrin.h>

#include "runtime/formats/json_line_sweep.h"

namespace millrace {
namespace {

struct Avx512Simd {
  class Block {
   public:
    explicit Block(const char* p) : bytes_(_mm512_loadu_si512(p)) {}
    uint64_t equals(char c) const { return _mm512_cmpeq_epi8_mask(bytes_, _mm512_set1_epi8(c)); }
    uint64_t high() const { return _mm512_movepi8_mask(bytes_); }
    uint64_t braces() const {
      const __m512i folded = _mm512_or_si512(bytes_, _mm512_set1_epi8(0x20));
      return _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('{')) | _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('}'));
    }

   private:
    __m512i bytes_;
  };

  static uint64_t prefix_xor(uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<int64_t>(bits)), _mm_set1_epi8(-1), 0);
    return static_cast<uint64_t>(_mm_cvtsi128_si64(product));
  }

  /// The set bits' numbers, squeezed together by one instruction and widened sixteen at a time.
  static uint32_t* flatten(uint64_t bits, uint32_t offset, uint32_t* out) {
    alignas(64) static constexpr uint8_t kNumbers[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i squeezed = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(kNumbers));
    const __m512i base = _mm512_set1_epi32(static_cast<int32_t>(offset));
    const int count = __builtin_popcountll(bits);
    _mm512_storeu_si512(out, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(squeezed))));
    if (__builtin_expect(count > 16, 0)) {
      const __m128i parts[3] = {_mm512_extracti32x4_epi32(squeezed, 1), _mm512_extracti32x4_epi32(squeezed, 2),
                                _mm512_extracti32x4_epi32(squeezed, 3)};
      for (int i = 0; i < 3; ++i) {
        _mm512_storeu_si512(out + 16 * (i + 1), _mm512_add_epi32(base, _mm512_cvtepu8_epi32(parts[i])));
      }
    }
    return out + count;
  }
};

}  // namespace

void index_json_lines_avx512(const LineText& text, LineIndex* index) { JsonLineSweep<Avx512Simd>(text, index).run(); }

}  // namespace millrace

#include <immintrin.h>

#include "runtime/formats/json_line_sweep.h"

namespace millrace {
namespace {

struct Avx2Simd {
  class Block {
   public:
    explicit Block(const char* p)
        : low_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))),
          high_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))) {}
    uint64_t equals(char c) const {
      const __m256i wanted = _mm256_set1_epi8(c);
      return join(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(high_, wanted));
    }
    uint64_t high() const { return join(low_, high_); }
    uint64_t braces() const { return join(braces_of(low_), braces_of(high_)); }

   private:
    static __m256i braces_of(__m256i bytes) {
      const __m256i folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
      return _mm256_or_si256(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8('{')),
                             _mm256_cmpeq_epi8(folded, _mm256_set1_epi8('}')));
    }
    static uint64_t join(__m256i low, __m256i high) {
      return static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
             static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(high))) << 32;
    }
    __m256i low_;
    __m256i high_;
  };

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
};

}  // namespace

void index_json_lines_avx2(const LineText& text, LineIndex* index) { JsonLineSweep<Avx2Simd>(text, index).run(); }

}  // namespace millrace

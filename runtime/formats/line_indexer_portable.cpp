#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "runtime/formats/json_line_sweep.h"

namespace millrace {
namespace {

/// What any machine can do: SSE2 where the compiler may assume it (every x86-64), else bytes one by one.
class PortableSimd {
 public:
  class Block {
   public:
#if defined(__SSE2__)
    explicit Block(const char* p) {
      for (int i = 0; i < 4; ++i) part_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
    }
    uint64_t equals(char c) const {
      return gather([c](__m128i bytes) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); });
    }
    uint64_t high() const {
      return gather([](__m128i bytes) { return bytes; });
    }
    /// Brackets and braces differ in one bit.
    uint64_t braces() const {
      return gather([](__m128i bytes) {
        const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
        return _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')), _mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
      });
    }

   private:
    template <typename Test>
    uint64_t gather(Test test) const {
      uint64_t mask = 0;
      for (int i = 0; i < 4; ++i) {
        mask |= static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(test(part_[i])))) << (16 * i);
      }
      return mask;
    }
    __m128i part_[4];
#else
    explicit Block(const char* p) { std::memcpy(bytes_, p, sizeof bytes_); }
    uint64_t equals(char c) const {
      return gather([c](char byte) { return byte == c; });
    }
    uint64_t high() const {
      return gather([](char byte) { return (byte & 0x80) != 0; });
    }
    uint64_t braces() const {
      return gather([](char byte) { return (byte | 0x20) == '{' || (byte | 0x20) == '}'; });
    }

   private:
    template <typename Test>
    uint64_t gather(Test test) const {
      uint64_t mask = 0;
      for (int i = 0; i < 64; ++i) mask |= static_cast<uint64_t>(test(bytes_[i])) << i;
      return mask;
    }
    char bytes_[64];
#endif
  };

  Block load(const char* p) const { return Block(p); }
  uint64_t newlines(const Block& block) const { return block.equals('\n'); }
  uint64_t quotes(const Block& block) const { return block.equals('"'); }
  uint64_t backslashes(const Block& block) const { return block.equals('\\'); }
  uint64_t colons(const Block& block) const { return block.equals(':'); }
  uint64_t backslashes_or_high(const Block& block) const { return block.equals('\\') | block.high(); }
  uint64_t braces(const Block& block) const { return block.braces(); }

  /// Bit i of the result is the parity of the bits up to i.
  static uint64_t prefix_xor(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
  }

  static uint32_t* flatten(uint64_t bits, uint32_t offset, uint32_t* out) {
    for (; bits != 0; bits &= bits - 1) *out++ = offset + static_cast<uint32_t>(__builtin_ctzll(bits));
    return out;
  }
};

}  // namespace

void index_json_lines_portable(const LineText& text, LineIndex* index) { sweep_json_lines<PortableSimd>(text, index); }

uint32_t* scan_record_structure_portable(const char* record, size_t size, uint32_t* out) {
  return scan_record_structure<PortableSimd>(record, size, out);
}

}  // namespace millrace

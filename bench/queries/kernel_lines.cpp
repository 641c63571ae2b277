#include "bench/queries/kernel_lines.h"

#include <fcntl.h>
#include <immintrin.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace millrace::bench {

namespace {

constexpr size_t kPiece = 512 << 10;
constexpr size_t kBlocksAtOnce = 255;  // counters of a byte

[[noreturn]] void fail(const char* what) {
  fprintf(stderr, "kernel: %s\n", what);
  exit(1);
}

/// Appends where lines begin; `quotes` are those of all blocks before.
class Sweep {
 public:
  Sweep(const char* base, uint32_t* begin) : base_(base), begin_(begin) {}

  /// [0, size) ends with a newline; what is behind it up to a whole block may be anything.
  Lines run(size_t size) {
    uint32_t* const first = begin_;
    *begin_++ = 0;
    for (size_t at = 0; at < size; at += 64 * kBlocksAtOnce) blocks(at, std::min(size, at + 64 * kBlocksAtOnce), size);
    const auto count = static_cast<size_t>(begin_ - first) - 1;
    return {base_, first, count, !wrong_ && braces_ == 2 * count};
  }

 private:
  void blocks(size_t from, size_t to, size_t size) {
    const __m512i blank = _mm512_set1_epi8(' '), quote = _mm512_set1_epi8('"'), backslash = _mm512_set1_epi8('\\'), one = _mm512_set1_epi8(1);
    const __m512i open = _mm512_set1_epi8('{'), close = _mm512_set1_epi8('}');
    __m512i braces = _mm512_setzero_si512(), least = _mm512_set1_epi8(-1), high = _mm512_setzero_si512();
    uint32_t quotes = quotes_, before = quotes_before_line_, wrong = 0;
    uint32_t* begin = begin_;
    for (size_t at = from; at < to; at += 64) {
      __m512i bytes = _mm512_loadu_si512(base_ + at);
      if (__builtin_expect(at + 64 > size, 0)) bytes = _mm512_mask_blend_epi8((uint64_t{1} << (size - at)) - 1, blank, bytes);
      const uint64_t control = _mm512_cmplt_epu8_mask(bytes, blank);
      const uint64_t quoted = _mm512_cmpeq_epi8_mask(bytes, quote);
      braces = _mm512_mask_add_epi8(braces, _mm512_cmpeq_epi8_mask(bytes, open) | _mm512_cmpeq_epi8_mask(bytes, close), braces, one);
      least = _mm512_min_epu8(least, _mm512_xor_si512(bytes, backslash));
      high = _mm512_or_si512(high, bytes);
      uint64_t newline = control;
      do {  // few lines are so short that a block has two ends
        const auto end = static_cast<uint32_t>(at + _tzcnt_u64(newline));
        const uint32_t through = quotes + static_cast<uint32_t>(_mm_popcnt_u64(quoted & _blsmsk_u64(newline)));
        const uint32_t is_end = newline != 0;
        *begin = end + 1;
        begin += is_end;
        const auto parity = (through ^ before) & is_end;
        before = is_end ? through : before;
        wrong |= parity;
        newline = _blsr_u64(newline);
      } while (__builtin_expect(newline != 0, 0));
      quotes += static_cast<uint32_t>(_mm_popcnt_u64(quoted));
    }
    check_ends(begin);
    braces_ += static_cast<uint64_t>(_mm512_reduce_add_epi64(_mm512_sad_epu8(braces, _mm512_setzero_si512())));
    wrong_ |= wrong != 0 || _mm512_movepi8_mask(high) != 0 || _mm512_cmpeq_epi8_mask(least, _mm512_setzero_si512()) != 0;
    quotes_ = quotes;
    quotes_before_line_ = before;
    begin_ = begin;
  }

  /// Each line a brace at either end, and a newline.
  void check_ends(const uint32_t* end) {
    uint32_t wrong = 0;
    for (const uint32_t* begin = begin_; begin != end; ++begin) {
      wrong |= static_cast<uint32_t>(base_[begin[-1]] ^ '{') | static_cast<uint32_t>(base_[begin[0] - 1] ^ '\n') |
               static_cast<uint32_t>(base_[static_cast<int64_t>(begin[0]) - 2] ^ '}');
    }
    wrong_ |= wrong != 0;
  }

  const char* const base_;
  uint32_t* begin_;
  uint32_t quotes_ = 0;
  uint32_t quotes_before_line_ = 0;
  uint64_t braces_ = 0;
  bool wrong_ = false;
};

}  // namespace

void for_each_piece(const char* path, const std::function<void(const Lines&)>& on_piece) {
  const int fd = open(path, O_RDONLY);
  if (fd < 0) fail("cannot open the data");
  constexpr size_t kLineMax = 1 << 20, kFront = 64, kBehind = 320;
  std::vector<char> buffer(kFront + kLineMax + kPiece + kBehind);
  std::vector<uint32_t> begin(kLineMax + kPiece + 2);
  char* const base = buffer.data() + kFront;
  size_t held = 0;
  for (;;) {
    const ssize_t got = read(fd, base + held, kPiece);
    if (got < 0) fail("cannot read the data");
    held += static_cast<size_t>(got);
    if (got == 0 && held > 0) base[held++] = '\n';  // a last line without an end
    const auto* newline = static_cast<const char*>(memrchr(base, '\n', held));
    const size_t whole = newline == nullptr ? 0 : static_cast<size_t>(newline - base) + 1;
    if (whole > 0) on_piece(Sweep(base, begin.data()).run(whole));
    if (got == 0) break;
    memmove(base, base + whole, held - whole);
    held -= whole;
    if (held > kLineMax) fail("a line of more than a megabyte");
  }
  close(fd);
}

}  // namespace millrace::bench
